-- What is kept no longer than it is needed.

-- When the addresses, names and servers' words in the send's rows were cleared; NULL while they are there.
ALTER TABLE send ADD COLUMN addresses_cleared_at BIGINT;
CREATE INDEX complaint_case_by_answer ON complaint_case (answered_at) WHERE answered_at IS NOT NULL;
CREATE INDEX audit_by_time ON audit (at);
