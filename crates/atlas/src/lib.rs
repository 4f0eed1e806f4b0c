//! What a reader can ask of the published figures: views, profiles, exports.
