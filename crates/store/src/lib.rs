//! Operational data: offers, accounts, goals, the network; SQLite or PostgreSQL.
