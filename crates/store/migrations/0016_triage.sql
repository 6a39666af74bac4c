-- What a digest's team makes of publications: rules, decisions, drafts; and what is asked of a language model or answered to the copy desk.

ALTER TABLE document_version ADD COLUMN beginning TEXT;     -- The first words of its text; NULL in rows from before there was this column.
ALTER TABLE document_version ADD COLUMN word_count BIGINT;  -- Of its text; NULL as above.
ALTER TABLE document_version ADD COLUMN sketch TEXT;        -- By which near-identical texts are found; NULL as above.
ALTER TABLE document_version ADD COLUMN mentions TEXT;      -- JSON: what it links to, as identifiers; NULL as above.

CREATE TABLE triage_rule (  -- A rule of a digest's team. It is given up, never changed.
    id         TEXT NOT NULL PRIMARY KEY,  -- Rules are asked in the order of their ids.
    digest_id  TEXT NOT NULL REFERENCES digest ON DELETE CASCADE,
    content    TEXT NOT NULL,              -- JSON: when and then.
    made_by    TEXT NOT NULL,
    made_at    BIGINT NOT NULL,
    retired_by TEXT,                       -- Who gave it up; NULL while it counts.
    retired_at BIGINT
);
CREATE INDEX triage_rule_of_digest ON triage_rule (digest_id, id);

CREATE TABLE decision (  -- What one person decided about one candidate of a digest. Undoing is a fact of its own; rows stay.
    id             TEXT NOT NULL PRIMARY KEY,
    digest_id      TEXT NOT NULL REFERENCES digest ON DELETE CASCADE,
    publication_id TEXT NOT NULL REFERENCES publication ON DELETE CASCADE,
    verdict        TEXT NOT NULL CHECK (verdict IN ('shortlisted', 'rejected', 'used')),
    who            TEXT NOT NULL,
    note           TEXT NOT NULL,  -- Why; may be empty.
    at             BIGINT NOT NULL,
    undone_by      TEXT,           -- NULL while it stands.
    undone_at      BIGINT
);
CREATE INDEX decision_of_digest ON decision (digest_id, id);
CREATE INDEX decision_of_publication ON decision (publication_id);

CREATE TABLE draft (  -- The first draft of an entry, as it was made.
    digest_id           TEXT NOT NULL REFERENCES digest ON DELETE CASCADE,
    publication_id      TEXT NOT NULL REFERENCES publication ON DELETE CASCADE,
    publication_version BIGINT NOT NULL,  -- Of which version of the publication.
    content             TEXT NOT NULL,    -- JSON: the entry, its points with their passages, notes.
    made_at             BIGINT NOT NULL,
    PRIMARY KEY (digest_id, publication_id)
);
CREATE INDEX draft_of_publication ON draft (publication_id);

CREATE TABLE prompt (  -- What was asked of a language model. Written before it is asked, and filled in with the answer.
    id             TEXT NOT NULL PRIMARY KEY,
    digest_id      TEXT NOT NULL REFERENCES digest ON DELETE CASCADE,
    publication_id TEXT,             -- About which publication. History: it refers to no row.
    model          TEXT NOT NULL,    -- By the name it was asked for.
    question       TEXT NOT NULL,    -- JSON: the body of the request, without the key.
    asked_at       BIGINT NOT NULL,
    answer         TEXT NOT NULL,    -- The text that came back; empty while it has not.
    error          TEXT NOT NULL,    -- Why there is no answer; empty where there is one.
    cost_micros    BIGINT NOT NULL,  -- Millionths of the currency of the cap: the most it can cost until it is answered, then what it did.
    answered_at    BIGINT            -- NULL while nothing came back.
);
CREATE INDEX prompt_of_digest ON prompt (digest_id, asked_at);

CREATE TABLE desk_answer (  -- What somebody answered to a query of the copy desk.
    edition_id TEXT NOT NULL REFERENCES edition ON DELETE CASCADE,
    query_key  TEXT NOT NULL,  -- What the query is recognised by when the edition is checked again.
    answer     TEXT NOT NULL,
    who        TEXT NOT NULL,
    at         BIGINT NOT NULL,
    PRIMARY KEY (edition_id, query_key)
);

CREATE TABLE link_state (  -- What became of an address when it was last asked whether it leads anywhere.
    address_key TEXT NOT NULL PRIMARY KEY,  -- The address; a long one is named by its hash.
    outcome     TEXT NOT NULL CHECK (outcome IN ('fine', 'moved', 'dead')),
    detail      TEXT NOT NULL,              -- Where it has moved, or why it is dead.
    asked_at    BIGINT NOT NULL
);
