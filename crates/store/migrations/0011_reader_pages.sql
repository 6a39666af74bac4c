-- What readers do on their own pages: move to another address, and have somebody invited.

CREATE TABLE address_change (  -- Where a reader wants to be written to, until somebody says yes from there.
    id            TEXT NOT NULL PRIMARY KEY,
    subscriber_id TEXT NOT NULL REFERENCES subscriber ON DELETE CASCADE,
    address       TEXT NOT NULL,    -- The new one, as it was typed.
    address_key   TEXT NOT NULL,
    asked_at      BIGINT NOT NULL,  -- The last time. Of a reader's rows the newest counts alone.
    UNIQUE (subscriber_id, address_key)
);

CREATE TABLE invitation (  -- That a reader had somebody invited to a digest: kept for the limits. Holds no address.
    id            TEXT NOT NULL PRIMARY KEY,
    digest_id     TEXT NOT NULL REFERENCES digest,
    subscriber_id TEXT REFERENCES subscriber ON DELETE SET NULL,  -- Who asked; NULL once that is a day ago.
    hash          TEXT NOT NULL,    -- Keyed hash of the address, as in suppression; empty where nothing was sent.
    at            BIGINT NOT NULL
);
CREATE INDEX invitation_of_address ON invitation (hash, digest_id);
CREATE INDEX invitation_of_reader ON invitation (subscriber_id);

-- 1: the address and what a server said of it go too, once the notice is sent or failed.
ALTER TABLE notice ADD COLUMN forgets BIGINT NOT NULL DEFAULT 0 CHECK (forgets IN (0, 1));
