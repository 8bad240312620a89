//! Small answers that many pages ask for again and again: names of users, tags, how many there are. An answer is good
//! until this process changes anything but events, and for two seconds: another instance may have changed it.

use std::any::Any;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use diesel::QueryResult;

use super::Conn;

/// How long an answer is good at the most.
const LONGEST: Duration = Duration::from_secs(2);
/// Answers kept at the most.
const MOST: usize = 1_000;

/// What is remembered of one database. Cheap to clone.
#[derive(Debug, Clone, Default)]
pub struct Memo {
    inner: Arc<Inner>,
}

/// By what is counted and of which record: when it was asked, and the figure.
type Figures = HashMap<(&'static str, i64), (Instant, i64)>;

#[derive(Debug, Default)]
struct Inner {
    generation: AtomicU64,
    answers: Mutex<HashMap<String, Answer>>,
    figures: Mutex<Figures>,
}

#[derive(Debug)]
struct Answer {
    generation: u64,
    asked: Instant,
    value: Arc<dyn Any + Send + Sync>,
}

/// How long a figure that only lists show is good.
const FIGURE: Duration = Duration::from_secs(10);
/// Figures kept at the most.
const MOST_FIGURES: usize = 50_000;

impl Memo {
    /// The answer to `question`, asked anew where it is not known or too old. One question has one type of answer.
    pub fn recall<T: Send + Sync + 'static>(
        &self,
        question: &str,
        conn: &mut Conn,
        ask: impl FnOnce(&mut Conn) -> QueryResult<T>,
    ) -> QueryResult<Arc<T>> {
        // Read before asking: what changes meanwhile makes the answer old.
        let generation = self.inner.generation.load(Ordering::SeqCst);
        if let Some(known) = self.known(question, generation) {
            return Ok(known);
        }
        let value = Arc::new(ask(conn)?);
        self.keep(question, generation, value.clone());
        Ok(value)
    }

    /// As [`Memo::recall`], but that there is nothing is not remembered: for questions that strangers can invent.
    pub fn recall_found<T: Send + Sync + 'static>(
        &self,
        question: &str,
        conn: &mut Conn,
        ask: impl FnOnce(&mut Conn) -> QueryResult<Option<T>>,
    ) -> QueryResult<Option<Arc<T>>> {
        let generation = self.inner.generation.load(Ordering::SeqCst);
        let found = ask(conn)?.map(Arc::new);
        if let Some(value) = &found {
            self.keep(question, generation, value.clone());
        }
        Ok(found)
    }

    /// The answer to `question` if it is known: for who would rather not ask for a connection.
    pub fn peek<T: Send + Sync + 'static>(&self, question: &str) -> Option<Arc<T>> {
        self.known(question, self.inner.generation.load(Ordering::SeqCst))
    }

    fn keep(&self, question: &str, generation: u64, value: Arc<dyn Any + Send + Sync>) {
        let answer = Answer {
            generation,
            asked: Instant::now(),
            value,
        };
        let mut answers = lock(&self.inner.answers);
        if answers.len() >= MOST {
            answers.clear();
        }
        answers.insert(question.to_owned(), answer);
    }

    fn known<T: Send + Sync + 'static>(&self, question: &str, generation: u64) -> Option<Arc<T>> {
        let answers = lock(&self.inner.answers);
        let answer = answers
            .get(question)
            .filter(|a| a.generation == generation && a.asked.elapsed() < LONGEST)?;
        answer.value.clone().downcast().ok()
    }

    /// Figures beside the rows of a list, at most ten seconds old whatever has changed; those not known are asked for
    /// in one go. Ids without a figure have 0.
    pub fn figures<Id: Copy + Eq + Hash + Into<i64>>(
        &self,
        what: &'static str,
        ids: &[Id],
        conn: &mut Conn,
        ask: impl FnOnce(&mut Conn, &[Id]) -> QueryResult<HashMap<Id, i64>>,
    ) -> QueryResult<HashMap<Id, i64>> {
        let now = Instant::now();
        let mut found = HashMap::with_capacity(ids.len());
        let mut missing = Vec::new();
        {
            let known = lock(&self.inner.figures);
            for id in ids {
                match known.get(&(what, (*id).into())) {
                    Some((asked, n)) if now.duration_since(*asked) < FIGURE => {
                        found.insert(*id, *n);
                    }
                    _ => missing.push(*id),
                }
            }
        }
        if missing.is_empty() {
            return Ok(found);
        }
        let fresh = ask(conn, &missing)?;
        let mut known = lock(&self.inner.figures);
        if known.len() + missing.len() > MOST_FIGURES {
            known.clear();
        }
        for id in missing {
            let n = fresh.get(&id).copied().unwrap_or(0);
            known.insert((what, id.into()), (now, n));
            found.insert(id, n);
        }
        Ok(found)
    }

    /// Something has changed.
    pub(super) fn forget(&self) {
        self.inner.generation.fetch_add(1, Ordering::SeqCst);
    }
}

/// A panic while it was held leaves nothing half done.
fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::db::{DatabaseUrl, Db};

    fn conn() -> (tempfile::TempDir, Conn) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = DatabaseUrl::Sqlite(folder.path().join("memo.db"));
        let conn = Db::connect_to(&url).expect("a connection");
        (folder, conn)
    }

    #[test]
    fn an_answer_is_asked_for_once_until_something_changes() {
        let (_folder, mut conn) = conn();
        let memo = Memo::default();
        let mut ask = |n: i64| *memo.recall("n", &mut conn, |_| Ok(n)).expect("an answer");
        assert_eq!((ask(1), ask(2)), (1, 1));
        memo.forget();
        assert_eq!(ask(3), 3);
    }

    #[test]
    fn only_figures_that_are_missing_are_asked_for() {
        let (_folder, mut conn) = conn();
        let memo = Memo::default();
        let mut asked = Vec::new();
        let mut figures = |ids: &[i64]| {
            let ask = |_: &mut Conn, ids: &[i64]| {
                asked.push(ids.to_vec());
                Ok(HashMap::from([(1, 10)]))
            };
            let mut found: Vec<(i64, i64)> = memo
                .figures("n", ids, &mut conn, ask)
                .expect("figures")
                .into_iter()
                .collect();
            found.sort_unstable();
            found
        };
        assert_eq!(figures(&[1, 2]), [(1, 10), (2, 0)]);
        assert_eq!(figures(&[2, 3]), [(2, 0), (3, 0)]);
        assert_eq!(asked, [vec![1, 2], vec![3]]);
    }
}
