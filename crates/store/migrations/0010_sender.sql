-- What belongs to a digest's sender: copies of sends for addresses that are no reader's, and a change of its address.

CREATE TABLE send_seed (  -- One copy of a send's largest cut, never counted among its readers.
    id          TEXT NOT NULL PRIMARY KEY,  -- Stands in its Message-ID, as that of a delivery does.
    send_id     TEXT NOT NULL REFERENCES send ON DELETE CASCADE,
    address     TEXT NOT NULL,
    address_key TEXT NOT NULL,
    -- sending -> sent | failed | queued; queued -> sending. A row that says "sending" may have gone out, and never goes again.
    status      TEXT NOT NULL CHECK (status IN ('queued', 'sending', 'sent', 'failed')),
    reply_text  TEXT NOT NULL,  -- The server's last answer, cut short.
    created_at  BIGINT NOT NULL,
    updated_at  BIGINT NOT NULL,
    UNIQUE (send_id, address_key)  -- Once for each send.
);

CREATE TABLE sender_change (  -- The address that a digest's messages come from changes. One at a time.
    digest_id     TEXT NOT NULL PRIMARY KEY REFERENCES digest,
    old_address   TEXT NOT NULL,
    new_address   TEXT NOT NULL,
    return_domain TEXT NOT NULL,   -- Where bounces come back to from then on; empty for that of the new address.
    list_domain   TEXT NOT NULL,   -- That of the List-Id, which stays the same for ever.
    from_month    TEXT NOT NULL,   -- Of the first edition that comes from the new address, "2026-09".
    announced_by  TEXT NOT NULL,
    announced_at  BIGINT NOT NULL
);
