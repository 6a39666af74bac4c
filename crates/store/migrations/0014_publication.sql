-- Publications with what tells one from another, what each source said of them, and their versions.

CREATE TABLE publication (  -- A work, however many records and documents tell of it.
    id             TEXT NOT NULL PRIMARY KEY,
    source_id      TEXT REFERENCES source ON DELETE SET NULL,  -- Whose record came first.
    facts          TEXT NOT NULL,    -- JSON: title, publishers, dates, link.
    title          TEXT NOT NULL,    -- As in the facts.
    sorted_at      BIGINT NOT NULL,  -- When it came out, or when it was first seen where nobody says.
    first_seen_at  BIGINT NOT NULL,
    version_number BIGINT NOT NULL,  -- Of its newest version.
    check_due_at   BIGINT,           -- When its documents are to be fetched; NULL: never again.
    -- new: for the first time; update: its publisher changed it, and what its documents say belongs to that version; again: to see
    -- whether they were changed in silence.
    check_reason   TEXT NOT NULL CHECK (check_reason IN ('new', 'update', 'again')),
    lease_by       TEXT,             -- Who fetches its documents now.
    lease_until    BIGINT
);
CREATE INDEX publication_by_date ON publication (sorted_at, id);
CREATE INDEX publication_by_check ON publication (check_due_at) WHERE check_due_at IS NOT NULL;
CREATE INDEX publication_of_source ON publication (source_id);

CREATE TABLE publication_identifier (  -- What tells a publication from others.
    identifier     TEXT NOT NULL PRIMARY KEY,  -- "kind:value"; a long value is named by its hash.
    publication_id TEXT NOT NULL REFERENCES publication ON DELETE CASCADE
);
CREATE INDEX publication_identifier_of_publication ON publication_identifier (publication_id);

CREATE TABLE publication_version (  -- One state of a publication.
    publication_id TEXT NOT NULL REFERENCES publication ON DELETE CASCADE,
    number         BIGINT NOT NULL,  -- From 1.
    seen_at        BIGINT NOT NULL,
    changes        TEXT NOT NULL,    -- JSON: what is different from the one before.
    PRIMARY KEY (publication_id, number)
);

CREATE TABLE publication_merge (  -- Two publications turned out to be one.
    from_id TEXT NOT NULL PRIMARY KEY,  -- The one that is gone.
    into_id TEXT NOT NULL REFERENCES publication ON DELETE CASCADE,
    at      BIGINT NOT NULL
);

CREATE TABLE record (  -- What one source says of one publication, in its newest form.
    id             TEXT NOT NULL PRIMARY KEY,
    source_id      TEXT NOT NULL REFERENCES source ON DELETE CASCADE,
    record_key     TEXT NOT NULL,    -- The source's name for it; a long one is named by its hash. A source may use one twice.
    publication_id TEXT NOT NULL REFERENCES publication ON DELETE CASCADE,
    content_sha256 TEXT NOT NULL,    -- Of the record, so that an unchanged one costs nothing.
    content        TEXT NOT NULL,    -- JSON: the record.
    first_seen_at  BIGINT NOT NULL,
    last_seen_at   BIGINT NOT NULL,  -- When it last was something new.
    UNIQUE (source_id, record_key, publication_id)
);
CREATE INDEX record_of_publication ON record (publication_id);
