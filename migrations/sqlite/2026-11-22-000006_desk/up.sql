-- The desk: mailboxes, mail as it came in, tickets and what was said in them.
CREATE TABLE mailboxes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  address TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  sender_name TEXT NOT NULL,
  signature TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);

-- A support conversation. Its number is its id. last_at: the newest message or note; last_kind: who has the last word.
CREATE TABLE tickets (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  mailbox_id BIGINT NOT NULL REFERENCES mailboxes (id),
  subject TEXT NOT NULL,
  status TEXT NOT NULL CHECK (status IN ('open', 'waiting', 'solved', 'closed')),
  priority TEXT NOT NULL CHECK (priority IN ('low', 'normal', 'high', 'urgent')),
  channel TEXT NOT NULL CHECK (channel IN ('mail', 'hand', 'api')),
  assignee_id BIGINT REFERENCES users (id),
  contact_id BIGINT REFERENCES contacts (id),
  company_id BIGINT REFERENCES companies (id),
  preview TEXT NOT NULL,
  last_kind TEXT NOT NULL CHECK (last_kind IN ('received', 'reply', 'note')),
  message_count BIGINT NOT NULL,
  last_message_id BIGINT NOT NULL,
  last_at BIGINT NOT NULL,
  first_reply_at BIGINT,
  solved_at BIGINT,
  closed_at BIGINT,
  follows_id BIGINT,
  merged_into BIGINT,
  created_by BIGINT REFERENCES users (id),
  revision BIGINT NOT NULL,
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX tickets_status ON tickets (status, last_at DESC, id DESC);
CREATE INDEX tickets_assignee ON tickets (assignee_id, status, last_at DESC, id DESC);
CREATE INDEX tickets_mailbox ON tickets (mailbox_id, status, last_at DESC, id DESC);
CREATE INDEX tickets_contact ON tickets (contact_id, last_at DESC, id DESC);
CREATE INDEX tickets_company ON tickets (company_id, last_at DESC, id DESC);

-- Mail as it came in. The bytes lie in the file store under `key`, written before this row; the row is never deleted.
-- mailbox_id: the one it was handed over for, zero where nobody said.
CREATE TABLE inbound_mails (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  sha256 TEXT NOT NULL,
  mailbox_id BIGINT NOT NULL,
  key TEXT NOT NULL,
  size BIGINT NOT NULL,
  via TEXT NOT NULL CHECK (via IN ('pipe', 'api')),
  state TEXT NOT NULL CHECK (state IN ('waiting', 'filed', 'aside', 'quarantined')),
  cause TEXT NOT NULL,
  from_shown TEXT NOT NULL,
  subject TEXT NOT NULL,
  ticket_id BIGINT,
  tries BIGINT NOT NULL,
  received_at BIGINT NOT NULL,
  settled_at BIGINT,
  UNIQUE (sha256, mailbox_id)
);
CREATE INDEX inbound_mails_waiting ON inbound_mails (id DESC) WHERE state = 'waiting';
CREATE INDEX inbound_mails_aside ON inbound_mails (id DESC) WHERE state = 'aside';
CREATE INDEX inbound_mails_quarantined ON inbound_mails (id DESC) WHERE state = 'quarantined';

-- One mail or note. mail_key: a hash that is the same for every delivery of one mail. to_list, cc_list: JSON.
-- contact_id: whose conversation it is; none on notes. state: how far a reply has come.
CREATE TABLE ticket_messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ticket_id BIGINT NOT NULL REFERENCES tickets (id),
  kind TEXT NOT NULL CHECK (kind IN ('received', 'reply', 'note')),
  automatic TEXT NOT NULL CHECK (automatic IN ('', 'generated', 'auto_reply', 'bounce')),
  contact_id BIGINT,
  user_id BIGINT REFERENCES users (id),
  at BIGINT NOT NULL,
  from_name TEXT NOT NULL,
  from_address TEXT NOT NULL,
  to_list TEXT NOT NULL,
  cc_list TEXT NOT NULL,
  subject TEXT NOT NULL,
  message_id TEXT NOT NULL,
  reply_to TEXT NOT NULL,
  text TEXT NOT NULL,
  html TEXT,
  why TEXT NOT NULL,
  inbound_id BIGINT,
  mail_key TEXT,
  state TEXT NOT NULL CHECK (state IN ('', 'queued', 'sent', 'failed', 'bounced')),
  state_words TEXT NOT NULL,
  state_at BIGINT
);
CREATE INDEX ticket_messages_ticket ON ticket_messages (ticket_id, id);
CREATE INDEX ticket_messages_contact ON ticket_messages (contact_id, at DESC, id DESC);
CREATE UNIQUE INDEX ticket_messages_mail ON ticket_messages (mail_key) WHERE mail_key IS NOT NULL;

-- Every Message-ID ever seen in a ticket, of mails that came and went and of those they refer to.
CREATE TABLE message_refs (
  reference TEXT NOT NULL,
  ticket_id BIGINT NOT NULL,
  PRIMARY KEY (reference, ticket_id)
) WITHOUT ROWID;
CREATE INDEX message_refs_ticket ON message_refs (ticket_id);

-- Attachments. The bytes lie once by hash in the file store.
CREATE TABLE ticket_files (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  message_id BIGINT NOT NULL REFERENCES ticket_messages (id),
  key TEXT NOT NULL,
  name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  size BIGINT NOT NULL,
  content_id TEXT NOT NULL
);
CREATE INDEX ticket_files_message ON ticket_files (message_id);

-- What was changed on a ticket, by whom: the story that promised times are computed from.
CREATE TABLE ticket_changes (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  ticket_id BIGINT NOT NULL REFERENCES tickets (id),
  at BIGINT NOT NULL,
  user_id BIGINT REFERENCES users (id),
  field TEXT NOT NULL CHECK (field IN ('opened', 'status', 'assignee', 'priority', 'mailbox', 'contact', 'subject', 'tag', 'untag', 'moved')),
  from_value TEXT NOT NULL,
  to_value TEXT NOT NULL
);
CREATE INDEX ticket_changes_ticket ON ticket_changes (ticket_id, id);

CREATE TABLE ticket_tags (
  ticket_id BIGINT NOT NULL REFERENCES tickets (id),
  tag_id BIGINT NOT NULL REFERENCES tags (id),
  PRIMARY KEY (ticket_id, tag_id)
) WITHOUT ROWID;
CREATE INDEX ticket_tags_tag ON ticket_tags (tag_id, ticket_id DESC);
