-- Readers: who they are, what they subscribe to, on what ground, and whose addresses nobody may write to.

CREATE TABLE subscriber (  -- A reader of one or more digests. Erasing a reader takes the row away.
    id          TEXT NOT NULL PRIMARY KEY,
    address     TEXT NOT NULL,         -- As it was typed.
    address_key TEXT NOT NULL UNIQUE,  -- What all spellings of one address share.
    name        TEXT NOT NULL,         -- May be empty.
    name_folded TEXT NOT NULL,         -- Without case and punctuation, to search in.
    language    TEXT NOT NULL,         -- BCP 47 tag; empty means the digest's.
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL        -- Last change of address, name or language.
);

CREATE TABLE consent_wording (  -- Words that readers agree to. Other words make another version; none is ever changed.
    digest_id  TEXT NOT NULL REFERENCES digest,
    version    BIGINT NOT NULL,  -- From 1, of this digest.
    wording    TEXT NOT NULL,    -- As it stood on the page or form.
    created_at BIGINT NOT NULL,
    PRIMARY KEY (digest_id, version)
);

CREATE TABLE subscription (  -- One reader's subscription to one digest, as it is now. How it came to be so is in consent_event.
    digest_id     TEXT NOT NULL REFERENCES digest,
    subscriber_id TEXT NOT NULL REFERENCES subscriber ON DELETE CASCADE,
    state         TEXT NOT NULL CHECK (state IN ('unconfirmed', 'active', 'left', 'bounced', 'complained')),
    state_at      BIGINT NOT NULL,  -- When the step was taken that led to this state.
    basis         TEXT,             -- The ground on which the reader is written to; NULL while there is none.
    basis_at      BIGINT,           -- Since when.
    frequency     TEXT NOT NULL CHECK (frequency IN ('every-edition', 'quarterly')),
    sectors       TEXT NOT NULL,    -- JSON: "all", or {"only": [names as the taxonomy has them]}.
    paused_until  BIGINT,           -- Nothing is sent before this moment.
    created_at    BIGINT NOT NULL,
    updated_at    BIGINT NOT NULL,
    PRIMARY KEY (digest_id, subscriber_id)
);
CREATE INDEX subscription_of_subscriber ON subscription (subscriber_id);
CREATE INDEX subscription_by_state ON subscription (digest_id, state, subscriber_id);

CREATE TABLE consent_event (  -- What a reader, or somebody about a reader, said or did. Rows are added and never changed.
    subscriber_id   TEXT NOT NULL REFERENCES subscriber ON DELETE CASCADE,
    digest_id       TEXT NOT NULL REFERENCES digest,
    number          BIGINT NOT NULL,  -- From 1, of this reader and digest, in the order recorded.
    at              BIGINT NOT NULL,  -- When it happened; for what was imported, long before it was recorded.
    step            TEXT NOT NULL CHECK (step IN ('subscribe', 'confirm', 'leave', 'bounce', 'complain', 'reinstate')),
    basis           TEXT,             -- The ground, where the step gives one.
    source          TEXT NOT NULL,    -- The form, the imported file, or who said so.
    wording_version BIGINT,           -- The words agreed to; NULL where the ground is not consent.
    reason          TEXT NOT NULL,    -- May be empty.
    PRIMARY KEY (subscriber_id, digest_id, number),
    FOREIGN KEY (digest_id, wording_version) REFERENCES consent_wording
);

CREATE TABLE suppression (  -- An address nobody may write to. It refers to no reader, because it outlives the reader.
    id        TEXT NOT NULL PRIMARY KEY,
    hash      TEXT NOT NULL,           -- Keyed hash of the address key, 64 hexadecimal digits.
    digest_id TEXT REFERENCES digest,  -- Whose editions; NULL for every digest.
    reason    TEXT NOT NULL CHECK (reason IN ('left', 'complained', 'bounced', 'erased', 'by-hand')),
    note      TEXT NOT NULL,           -- May be empty.
    at        BIGINT NOT NULL
);
CREATE UNIQUE INDEX suppression_of_digest ON suppression (hash, digest_id) WHERE digest_id IS NOT NULL;
CREATE UNIQUE INDEX suppression_of_all ON suppression (hash) WHERE digest_id IS NULL;
