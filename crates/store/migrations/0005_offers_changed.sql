-- Who asks what has changed since a moment should not read every offer.

CREATE INDEX offers_changed_at ON offers (changed_at, id)
