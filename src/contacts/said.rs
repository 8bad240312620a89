//! What is claimed, as people read it.

use serde_json::Value;

use crate::base::text;

/// A JSON value as people read it.
pub fn shown(json: &str) -> String {
    let words = match serde_json::from_str::<Value>(json) {
        Ok(Value::String(words)) => words,
        Ok(Value::Bool(true)) => "Yes".to_owned(),
        Ok(Value::Bool(false)) => "No".to_owned(),
        Ok(Value::Null) => String::new(),
        Ok(Value::Array(items)) if items.iter().all(|item| !item.is_object()) => {
            let words: Vec<String> = items.iter().map(|item| shown(&item.to_string())).collect();
            words.join(", ")
        }
        Ok(other) => other.to_string(),
        Err(_) => json.to_owned(),
    };
    text::cut(&words, 500).to_owned()
}
