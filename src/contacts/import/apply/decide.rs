//! What is to be done with each row, by what is there.

use std::collections::HashSet;

use super::super::draft::Draft;
use super::super::model::{Conflict, MatchKey, Twins};
use super::Ground;
use super::decision::Decision;
use super::find::Found;
use super::update;
use crate::base::ids::ContactId;
use crate::contacts::model::Contact;

/// Decides; rows that mean a contact which an earlier row of the chunk means too come back to be decided later.
pub(super) fn decide(
    ground: &Ground,
    found: &Found,
    drafts: Vec<Draft>,
) -> (Vec<(Draft, Decision)>, Vec<Draft>) {
    let mut meant: HashSet<ContactId> = HashSet::new();
    let (mut decided, mut late) = (Vec::with_capacity(drafts.len()), Vec::new());
    for draft in drafts {
        let contact = matched(ground, found, &draft);
        if draft.fault.is_none()
            && let Some(contact) = contact
            && !meant.insert(contact.id)
        {
            late.push(draft);
            continue;
        }
        let decision = one(ground, found, &draft, contact);
        decided.push((draft, decision));
    }
    (decided, late)
}

fn one(ground: &Ground, found: &Found, draft: &Draft, contact: Option<&Contact>) -> Decision {
    if let Some(why) = &draft.fault {
        return Decision::Fail(why.clone());
    }
    let Some(contact) = contact else {
        return match taken_by(found, draft) {
            Some(why) => Decision::Fail(why),
            None => Decision::Create,
        };
    };
    if contact.deleted_at.is_some() {
        return Decision::Fail(format!(
            "{} is in the trash. Restore that contact, or delete it for good.",
            contact.shown()
        ));
    }
    if found.seen.contains(&contact.id) && ground.settings.twins == Twins::Skip {
        return Decision::Duplicate(contact.id);
    }
    if ground.settings.conflict == Conflict::Never
        || !update::changes(ground, found, draft, contact)
    {
        return Decision::Unchanged(contact.id);
    }
    Decision::Update(contact.id)
}

/// Whom a row means: by the first of the chosen keys that anybody has.
fn matched<'a>(ground: &Ground, found: &'a Found, draft: &Draft) -> Option<&'a Contact> {
    ground.settings.keys.iter().find_map(|key| {
        let is_of = |namespace: &str| match key {
            MatchKey::Email => namespace == "email",
            MatchKey::Phone => namespace == "phone",
            MatchKey::UserId => namespace == "user_id",
            MatchKey::External => namespace.starts_with("external:"),
        };
        let of_key = draft.identifiers.iter().filter(|i| is_of(&i.namespace));
        of_key
            .into_iter()
            .find_map(|i| found.holder(&i.namespace, &i.value))
    })
}

/// Why a new contact cannot have this row's identifiers. A number that somebody shares is merely not taken.
fn taken_by(found: &Found, draft: &Draft) -> Option<String> {
    draft
        .identifiers
        .iter()
        .filter(|i| i.namespace != "phone")
        .find_map(|i| {
            let holder = found.holder(&i.namespace, &i.value)?;
            let place = if holder.deleted_at.is_some() {
                ", which is in the trash"
            } else {
                ""
            };
            Some(format!("{} belongs to {}{place}.", i.value, holder.shown()))
        })
}
