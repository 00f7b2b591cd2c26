-- Which player a member says he is, as long as no admin has answered: one request a member, and where it stands.
BEGIN IMMEDIATE;

CREATE TABLE link_requests (
    member_id  INTEGER PRIMARY KEY,      -- Discord's
    guid       TEXT NOT NULL,
    asked_at   INTEGER NOT NULL,         -- UTC seconds
    channel_id INTEGER NOT NULL,         -- Discord's, as is
    message_id INTEGER NOT NULL          -- of the question that the admins see
) STRICT;

PRAGMA user_version = 17;
COMMIT;
