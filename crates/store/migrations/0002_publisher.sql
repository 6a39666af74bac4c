-- The register of publishers, shared by all digests.

CREATE TABLE publisher (  -- An organisation. Its names are in publisher_name.
    id         TEXT NOT NULL PRIMARY KEY,
    homepage   TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL
);

CREATE TABLE publisher_name (  -- A name an organisation goes by.
    publisher_id TEXT NOT NULL REFERENCES publisher ON DELETE CASCADE,
    position     BIGINT NOT NULL,  -- From 0; position 0 is the preferred name and the only one of its kind.
    kind         TEXT NOT NULL CHECK (kind IN ('preferred', 'abbreviation', 'former')),
    name         TEXT NOT NULL,    -- As printed.
    folded       TEXT NOT NULL,    -- Without case and punctuation; what two spellings of one name share.
    last_day     TEXT,             -- The last day a former name was used, YYYY-MM-DD; NULL where that is not known.
    -- 1 where this name, met in print, means this organisation; 0 where it repeats another of its own names, or where
    -- another organisation had the name first (two of them often share an abbreviation).
    identifies   BIGINT NOT NULL CHECK (identifies IN (0, 1)),
    PRIMARY KEY (publisher_id, position)
);
CREATE UNIQUE INDEX publisher_by_name ON publisher_name (folded) WHERE identifies = 1;

CREATE TABLE publisher_merge (  -- Two organisations turned out to be one. The ids are history and refer to no row.
    id       TEXT NOT NULL PRIMARY KEY,
    from_id  TEXT NOT NULL,    -- The one that is no longer in the register.
    into_id  TEXT NOT NULL,    -- The one that took its names and entries.
    was_from TEXT NOT NULL,    -- JSON of the publisher as it was before.
    was_into TEXT NOT NULL,    -- JSON of the publisher as it was before.
    at       BIGINT NOT NULL
);

CREATE TABLE digest_publisher (  -- A publisher that a digest's description names.
    digest_id    TEXT NOT NULL REFERENCES digest ON DELETE CASCADE,
    position     BIGINT NOT NULL,  -- From 0, in the order of the description.
    publisher_id TEXT NOT NULL REFERENCES publisher,
    PRIMARY KEY (digest_id, position)
);
CREATE INDEX digest_publisher_publisher ON digest_publisher (publisher_id);
