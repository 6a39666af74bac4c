-- Digests and their taxonomy. Times (`*_at`) are Unix milliseconds in UTC, ids are UUIDv7 in their text form.

CREATE TABLE digest (  -- A serial title.
    id           TEXT NOT NULL PRIMARY KEY,
    slug         TEXT NOT NULL UNIQUE,  -- Its name in addresses and on the command line.
    name         TEXT NOT NULL,
    tagline      TEXT NOT NULL,
    organisation TEXT NOT NULL,         -- Who publishes it; may be empty.
    language     TEXT NOT NULL,         -- BCP 47 tag.
    -- Masthead with its logo, footer, house style and import profile: JSON, with its `version` inside.
    settings     TEXT NOT NULL,
    created_at   BIGINT NOT NULL,
    updated_at   BIGINT NOT NULL
);

CREATE TABLE sector (  -- A sector of a digest's taxonomy. Keeps its id while its name, or a name it had, is the same.
    id        TEXT NOT NULL PRIMARY KEY,
    digest_id TEXT NOT NULL REFERENCES digest ON DELETE CASCADE,
    position  BIGINT NOT NULL,  -- From 0, in the order printed.
    name      TEXT NOT NULL,
    also      TEXT NOT NULL     -- Other names old editions print for it: a JSON list of text.
);
CREATE INDEX sector_of_digest ON sector (digest_id, position);

CREATE TABLE category (  -- A category of a sector of the taxonomy.
    id        TEXT NOT NULL PRIMARY KEY,
    sector_id TEXT NOT NULL REFERENCES sector ON DELETE CASCADE,
    position  BIGINT NOT NULL,  -- From 0, in the order printed.
    name      TEXT NOT NULL
);
CREATE INDEX category_of_sector ON category (sector_id, position);
