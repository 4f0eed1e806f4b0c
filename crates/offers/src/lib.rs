//! Offers of help as the field describes them: the model, its exchange formats, opening hours, completeness, changes and duplicates.
