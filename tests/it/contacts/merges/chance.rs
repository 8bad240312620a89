//! Whatever is merged, edited and undone, in whatever order: nothing is lost, nothing is left over.

use super::state::{holds, same, snapshot};
use super::world::{Dice, World};

/// Worlds that are tried.
const SEEDS: u64 = 6;

#[actix_web::test]
async fn a_merge_that_is_undone_leaves_everything_as_it_was() {
    for seed in 1..=SEEDS {
        let dice = &mut Dice::new(seed);
        let world = World::new(dice, 4).await;
        holds(&world.site.app, "at first").await;
        let before = snapshot(&world.site.app).await;
        for turn in 0..4 {
            let done = world.merge(dice).await.expect("two people");
            let when = format!("seed {seed}, turn {turn}: {done}");
            holds(&world.site.app, &when).await;
            let last = world.merges().await.pop().expect("a merge");
            world.undo(last, dice).await;
            holds(&world.site.app, &when).await;
            same(&before, &snapshot(&world.site.app).await, &when);
        }
    }
}

#[actix_web::test]
async fn merges_upon_merges_are_undone_in_any_order() {
    for seed in 1..=SEEDS {
        let dice = &mut Dice::new(seed + 100);
        let world = World::new(dice, 5).await;
        let before = snapshot(&world.site.app).await;
        let mut story = format!("seed {seed}");
        for _ in 0..3 {
            if let Some(done) = world.merge(dice).await {
                story = format!("{story}; {done}");
                holds(&world.site.app, &story).await;
            }
        }
        loop {
            let merges = world.merges().await;
            if merges.is_empty() {
                break;
            }
            let one = dice.of(&merges);
            story = format!("{story}; undo {one}");
            world.undo(one, dice).await;
            holds(&world.site.app, &story).await;
        }
        same(&before, &snapshot(&world.site.app).await, &story);
    }
}

#[actix_web::test]
async fn whatever_happens_the_state_is_one_that_may_be() {
    for seed in 1..=SEEDS {
        let dice = &mut Dice::new(seed + 200);
        let world = World::new(dice, 4).await;
        let mut story = format!("seed {seed}");
        for turn in 0..14 {
            let merges = world.merges().await;
            let done = match dice.below(10) {
                0..4 => world.merge(dice).await,
                4..7 if !merges.is_empty() => {
                    let one = dice.of(&merges);
                    world.undo(one, dice).await;
                    Some(format!("undo {one}"))
                }
                _ => world.edit(dice, turn).await,
            };
            story = format!("{story}; {}", done.unwrap_or_default());
            holds(&world.site.app, &story).await;
        }
    }
}
