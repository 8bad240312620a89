DROP TABLE ticket_tags;
DROP TABLE ticket_changes;
DROP TABLE ticket_files;
DROP TABLE message_refs;
DROP TABLE ticket_messages;
DROP TABLE inbound_mails;
DROP TABLE tickets;
DROP TABLE mailboxes;
