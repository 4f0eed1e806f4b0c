//! Pages for the public, and the API.
