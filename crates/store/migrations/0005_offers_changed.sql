-- Who asks what has changed since a moment should not read every offer.

CREATE INDEX offers_changed_at ON offers (changed_at, id)

-- Most offers were never merged. An index over all of them made SQLite read every offer where twenty were asked for.

DROP INDEX offers_merged_into

CREATE INDEX offers_merged_into ON offers (merged_into) WHERE merged_into IS NOT NULL
