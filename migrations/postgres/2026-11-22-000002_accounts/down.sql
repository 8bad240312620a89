DROP TABLE audit_entries;
DROP TABLE api_keys;
DROP TABLE user_tokens;
DROP TABLE recovery_codes;
DROP TABLE user_sessions;
DROP TABLE users;
