DROP INDEX contacts_domain;
