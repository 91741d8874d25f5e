//! Rounds in which everybody runs in turn, so that noise meets all alike.

use std::hint::black_box;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::contenders::Contender;

/// How long to measure.
#[derive(Clone, Copy)]
pub struct Plan {
    /// What one sample of a contender takes at least.
    pub sample: Duration,
    /// What all rounds together take, if that leaves enough of them.
    pub budget: Duration,
    /// The fewest and the most rounds.
    pub rounds: (usize, usize),
}

/// The nanoseconds of one run of a contender.
#[derive(Serialize)]
pub struct Measured {
    /// The middle of the rounds.
    pub median: f64,
    /// A quarter of the rounds took at most this.
    pub low: f64,
    /// A quarter of the rounds took at least this.
    pub high: f64,
    /// The fastest round.
    pub least: f64,
    /// How many rounds there were.
    pub rounds: usize,
    /// How often a contender ran in one round.
    pub runs: u32,
}

/// Measures contenders in rounds, each round beginning with another one.
pub fn measure(contenders: &mut [Contender<'_>], plan: Plan) -> Vec<Measured> {
    let runs: Vec<u32> =
        contenders.iter_mut().map(|contender| enough(contender, plan.sample)).collect();
    let started = Instant::now();
    let mut samples: Vec<Vec<f64>> = vec![Vec::new(); contenders.len()];
    for round in 0..plan.rounds.1 {
        if round >= plan.rounds.0 && started.elapsed() > plan.budget {
            break;
        }
        for turn in 0..contenders.len() {
            let turn = (turn + round) % contenders.len();
            let took = time(&mut contenders[turn], runs[turn]);
            samples[turn].push(took.as_secs_f64() * 1e9 / f64::from(runs[turn]));
        }
    }
    samples.into_iter().zip(runs).map(|(samples, runs)| summary(samples, runs)).collect()
}

fn time(contender: &mut Contender<'_>, runs: u32) -> Duration {
    let started = Instant::now();
    for _ in 0..runs {
        black_box((contender.run)());
    }
    started.elapsed()
}

/// How many runs fill a sample; finding that out warms the caches too.
///
/// The shortest of several counts: one that was interrupted would seem to fill the sample, and few
/// runs of a short contender measure the clock and cold caches instead.
fn enough(contender: &mut Contender<'_>, sample: Duration) -> u32 {
    let mut runs = 1;
    while (0..5).any(|_| time(contender, runs) < sample) {
        runs *= 2;
    }
    runs
}

fn summary(mut samples: Vec<f64>, runs: u32) -> Measured {
    samples.sort_by(f64::total_cmp);
    let rounds = samples.len();
    let middle = f64::midpoint(samples[(rounds - 1) / 2], samples[rounds / 2]);
    Measured {
        median: middle,
        low: samples[rounds / 4],
        high: samples[rounds - 1 - rounds / 4],
        least: samples[0],
        rounds,
        runs,
    }
}
