DROP TABLE quarantine;
DROP TABLE source_rejections;
DROP TABLE source_minutes;
DROP TABLE sessions;
DROP TABLE event_days;
DROP TABLE event_keys;
DROP TABLE events;
DROP TABLE event_names;
