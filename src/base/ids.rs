//! Ids: one newtype per kind of row, so that a contact's id is never taken for a company's.

/// Declares an id newtype over BIGINT that diesel, serde and URLs understand.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default,
            serde::Serialize, serde::Deserialize,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::BigInt)]
        #[serde(transparent)]
        pub struct $name(pub i64);

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }

        impl From<$name> for i64 {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::num::ParseIntError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::serialize::ToSql<diesel::sql_types::BigInt, DB> for $name
        where
            i64: diesel::serialize::ToSql<diesel::sql_types::BigInt, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                self.0.to_sql(out)
            }
        }

        impl<DB: diesel::backend::Backend> diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB> for $name
        where
            i64: diesel::deserialize::FromSql<diesel::sql_types::BigInt, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                i64::from_sql(bytes).map(Self)
            }
        }
    };
}

id!(
    /// A person who works in Rapport.
    UserId
);
id!(
    /// A role that the workspace made itself.
    RoleId
);
id!(
    /// People who work together.
    TeamId
);
id!(
    /// A contact, known or visitor.
    ContactId
);
id!(
    /// A company.
    CompanyId
);
id!(
    /// One identifier of a contact.
    IdentityId
);
id!(
    /// Where events come from.
    SourceId
);
id!(
    /// A tag.
    TagId
);
id!(
    /// A key in the dictionary of traits.
    TraitKeyId
);
id!(
    /// A name in the dictionary of events.
    EventNameId
);
id!(
    /// One stored event.
    EventId
);
id!(
    /// One visit.
    SessionId
);
id!(
    /// A note or another activity.
    ActivityId
);
id!(
    /// An entry of the timeline.
    EntryId
);
id!(
    /// One merge of two contacts.
    MergeId
);
id!(
    /// A piece of work in the queue.
    JobId
);
id!(
    /// A quarantined event.
    QuarantineId
);
id!(
    /// A road that deals take.
    PipelineId
);
id!(
    /// A step of a pipeline.
    StageId
);
id!(
    /// An opportunity.
    DealId
);
id!(
    /// A stored file.
    FileId
);
id!(
    /// What people can subscribe to.
    TopicId
);
id!(
    /// A saved filter of contacts.
    ViewId
);
id!(
    /// A change of a whole view.
    BulkRunId
);
id!(
    /// What a mailing says.
    TemplateId
);
id!(
    /// A mailing.
    CampaignId
);
id!(
    /// One address a mailing goes to.
    RecipientId
);
id!(
    /// An address tickets arrive at.
    MailboxId
);
id!(
    /// A ticket; its number for people.
    TicketId
);
id!(
    /// A mail or note of a ticket.
    MessageId
);
id!(
    /// A mail as it came in.
    InboundId
);
id!(
    /// A file of contacts brought in.
    ImportId
);
id!(
    /// A file of contacts written out.
    ExportId
);

/// The built-in source: what people type and do in Rapport itself.
pub const CRM_SOURCE: SourceId = SourceId(1);
