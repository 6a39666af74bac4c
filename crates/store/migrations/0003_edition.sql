-- Editions: a row per fact. Summaries and the parts of the letter are JSON in the model's form, where text is inline
-- Markdown. Positions count from 0 in the order printed.

CREATE TABLE edition (  -- One number of a digest, as it is now. What it was before is in edition_revision.
    id               TEXT NOT NULL PRIMARY KEY,
    digest_id        TEXT NOT NULL REFERENCES digest,
    edition_key      TEXT NOT NULL,    -- YYYY-MM or YYYY-MM-DD: which edition of its digest.
    schema_version   BIGINT NOT NULL,  -- Of the JSON form of editions, not of this database.
    month            TEXT NOT NULL,    -- YYYY-MM.
    day              TEXT,             -- YYYY-MM-DD, for digests that appear more often than monthly.
    -- draft -> in-review -> signed-off -> published; reopening leads back to draft. See edition_event.
    status           TEXT NOT NULL CHECK (status IN ('draft', 'in-review', 'signed-off', 'published')),
    welcome          TEXT NOT NULL,    -- Letter: JSON of blocks, as the next three.
    highlights       TEXT NOT NULL,
    call_for_contact TEXT NOT NULL,
    notices          TEXT NOT NULL,
    sign_off         TEXT,             -- Letter: JSON of closing, name and role of who signs it (not the approval).
    contacts         TEXT NOT NULL,    -- Letter: JSON list of lines with addresses and numbers.
    content_sha256   TEXT NOT NULL,    -- Of the whole edition's JSON; tells whether saving it again changes anything.
    source_name      TEXT NOT NULL,    -- The file it was read from; empty where there is none.
    source_sha256    TEXT NOT NULL,    -- Of that file's bytes.
    created_at       BIGINT NOT NULL,
    updated_at       BIGINT NOT NULL,  -- Last change of text or status.
    text_saved_at    BIGINT NOT NULL,  -- Last change of text.
    UNIQUE (digest_id, edition_key)
);

CREATE TABLE edition_revision (  -- An edition as it was before its text was replaced.
    edition_id    TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    number        BIGINT NOT NULL,  -- From 1, the oldest.
    content       TEXT NOT NULL,    -- JSON of the whole edition.
    source_name   TEXT NOT NULL,
    source_sha256 TEXT NOT NULL,
    saved_at      BIGINT NOT NULL,  -- When this text was saved.
    replaced_at   BIGINT NOT NULL,  -- When it stopped being the edition.
    PRIMARY KEY (edition_id, number)
);

CREATE TABLE edition_event (  -- A step somebody took in the life of an edition.
    edition_id     TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    number         BIGINT NOT NULL,  -- From 1, in the order taken.
    at             BIGINT NOT NULL,
    step           TEXT NOT NULL CHECK (step IN ('submit', 'return', 'sign-off', 'publish', 'reopen')),
    who            TEXT NOT NULL,
    reason         TEXT NOT NULL,    -- Empty where the step needs none.
    content_sha256 TEXT,             -- Of `content`.
    content        TEXT,             -- JSON of the whole edition as it was signed off; NULL for every other step.
    PRIMARY KEY (edition_id, number)
);

CREATE TABLE edition_sector (  -- A sector under the name this edition prints.
    edition_id TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    name       TEXT NOT NULL,
    PRIMARY KEY (edition_id, position)
);

CREATE TABLE edition_category (  -- A category under the name this edition prints.
    edition_id      TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    sector_position BIGINT NOT NULL,
    position        BIGINT NOT NULL,  -- Within its sector.
    name            TEXT NOT NULL,    -- Empty for entries that stand directly below the sector's name.
    PRIMARY KEY (edition_id, sector_position, position)
);

CREATE TABLE news_item (  -- The team's own news.
    id         TEXT NOT NULL PRIMARY KEY,
    edition_id TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    kind       TEXT NOT NULL CHECK (kind IN ('profile', 'evaluation', 'webinar', 'vacancy', 'publication', 'notice')),
    title      TEXT NOT NULL,
    body       TEXT NOT NULL,  -- JSON of blocks.
    UNIQUE (edition_id, position)
);

CREATE TABLE news_link (  -- A link the heading of a news item carries.
    news_item_id TEXT NOT NULL REFERENCES news_item ON DELETE CASCADE,
    position     BIGINT NOT NULL,
    url          TEXT NOT NULL,
    label        TEXT NOT NULL,  -- What it is called; may be empty.
    PRIMARY KEY (news_item_id, position)
);

CREATE TABLE entry (  -- What an edition says of one publication. Keeps its id as long as its slug stays in the edition.
    id                TEXT NOT NULL PRIMARY KEY,
    edition_id        TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    position          BIGINT NOT NULL,  -- Within the edition.
    sector_position   BIGINT NOT NULL,
    category_position BIGINT NOT NULL,
    slug              TEXT NOT NULL,    -- Its name in addresses, unique in the edition; empty until it is settled.
    title             TEXT NOT NULL,
    summary           TEXT NOT NULL,    -- JSON of blocks.
    UNIQUE (edition_id, position)
);
CREATE UNIQUE INDEX entry_by_slug ON entry (edition_id, slug) WHERE slug <> '';

CREATE TABLE entry_publisher (  -- Who published what an entry is about.
    entry_id     TEXT NOT NULL REFERENCES entry ON DELETE CASCADE,
    position     BIGINT NOT NULL,
    printed      TEXT NOT NULL,               -- The name as the edition prints it.
    publisher_id TEXT REFERENCES publisher,   -- Who that is; NULL only where the printed name is empty.
    PRIMARY KEY (entry_id, position)
);
CREATE INDEX entry_of_publisher ON entry_publisher (publisher_id);

CREATE TABLE entry_link (  -- A link of an entry; the heading leads to the first.
    entry_id TEXT NOT NULL REFERENCES entry ON DELETE CASCADE,
    position BIGINT NOT NULL,
    url      TEXT NOT NULL,
    label    TEXT NOT NULL,  -- What it is called; may be empty.
    PRIMARY KEY (entry_id, position)
);

CREATE TABLE entry_figure (  -- A figure an entry's summary states.
    entry_id TEXT NOT NULL REFERENCES entry ON DELETE CASCADE,
    position BIGINT NOT NULL,
    wording  TEXT NOT NULL,  -- As the summary has it, character for character.
    value    TEXT NOT NULL,  -- JSON: its kind, and exact decimals as text.
    unit     TEXT NOT NULL,  -- What is counted or measured; may be empty.
    PRIMARY KEY (entry_id, position)
);

CREATE TABLE problem (  -- What was wrong with an edition, one of its news items, or one of its entries.
    edition_id     TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    position       BIGINT NOT NULL,
    place          TEXT NOT NULL CHECK (place IN ('edition', 'news', 'entry')),
    place_position BIGINT NOT NULL,  -- Of the news item or entry within the edition; 0 for the edition itself.
    kind           TEXT NOT NULL,    -- A name of the model's ProblemKind.
    message        TEXT NOT NULL,
    line           BIGINT,           -- Of the file it was read from, from 1.
    PRIMARY KEY (edition_id, position)
);

CREATE TABLE set_aside (  -- A line of an imported file that is no part of the edition.
    edition_id TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    position   BIGINT NOT NULL,
    line       BIGINT NOT NULL,  -- From 1.
    said       TEXT NOT NULL,    -- What the line said.
    reason     TEXT NOT NULL,    -- Why it is no part of the edition.
    PRIMARY KEY (edition_id, position)
);
