//! Alignment of two sequences by a longest common subsequence, with a bound on the work.
//!
//! The edit distance is found from the end by Myers' greedy method (E. W. Myers, "An O(ND)
//! Difference Algorithm and Its Variations", Algorithmica 1, 1986); the path is then read from the
//! front, which makes it one certain path of the many that are as short.

/// More insertions and deletions than this between base and a side, and only their common ends are
/// aligned.
pub(crate) const MAX_EDITS: usize = 512;

/// For each element of `x`, its partner in `y`.
///
/// Read from the front, equal heads are partners; otherwise the head of `x` is dropped if that
/// still allows a longest common subsequence, else the head of `y`. Beyond [`MAX_EDITS`] the common
/// prefix and then the common suffix are partners, and nothing else is.
///
/// # Complexity
/// O((n + m) + `MAX_EDITS`²) time, O(n + `MAX_EDITS`²) memory.
pub(crate) fn align(x: &[u32], y: &[u32]) -> Vec<Option<usize>> {
    let mut partners = vec![None; x.len()];
    let prefix = x.iter().zip(y).take_while(|(a, b)| a == b).count();
    for (i, partner) in partners.iter_mut().enumerate().take(prefix) {
        *partner = Some(i);
    }
    let (x, y) = (&x[prefix..], &y[prefix..]);
    let Some(reach) = Reach::new(x, y) else {
        let suffix = x.iter().rev().zip(y.iter().rev()).take_while(|(a, b)| a == b).count();
        for i in 1..=suffix {
            partners[prefix + x.len() - i] = Some(prefix + y.len() - i);
        }
        return partners;
    };
    let (mut i, mut j) = (0, 0);
    let mut left = reach.distance;
    while i < x.len() && j < y.len() {
        if x[i] == y[j] {
            partners[prefix + i] = Some(prefix + j);
            (i, j) = (i + 1, j + 1);
            continue;
        }
        left -= 1;
        if reach.reaches(left, i + 1, j) {
            i += 1;
        } else {
            j += 1;
        }
    }
    partners
}

/// How far toward the front each number of edits reaches from the end, on each diagonal.
struct Reach {
    /// For d edits, on diagonals −d, −d+2, … d (counted from that of the two ends): the smallest
    /// number of elements of `x` still before the point reached, or [`OUTSIDE`]. The rows of 0, 1,
    /// 2, … edits stand one behind the other: up to half a megabyte, which some allocators return
    /// to the system again and again if it is had in small pieces.
    rows: Vec<u32>,
    distance: usize,
    ends: (usize, usize),
}

/// Stands for a diagonal that is not reached inside the sequences.
const OUTSIDE: u32 = u32::MAX;

impl Reach {
    /// `None` if more than [`MAX_EDITS`] edits are needed, or `x` is too long to count.
    fn new(x: &[u32], y: &[u32]) -> Option<Self> {
        let ends = (x.len(), y.len());
        let last = u32::try_from(x.len()).ok().filter(|&last| last < OUTSIDE)?;
        let mut reach = Self { rows: Vec::new(), distance: 0, ends };
        for d in 0..=MAX_EDITS.min(x.len() + y.len()) {
            reach.distance = d;
            let mut done = false;
            for slot in 0..=d {
                let mut i = if d == 0 { last } else { reach.step(d, slot) };
                if i != OUTSIDE {
                    let mut j = reach.other(d, slot, i);
                    while i > 0 && j > 0 && x[i as usize - 1] == y[j - 1] {
                        (i, j) = (i - 1, j - 1);
                    }
                    done |= (i, j) == (0, 0);
                }
                reach.rows.push(i);
            }
            if done {
                return Some(reach);
            }
        }
        None
    }

    /// The row of d edits, which is done.
    fn row(&self, d: usize) -> &[u32] {
        let start = d * (d + 1) / 2;
        &self.rows[start..=start + d]
    }

    /// The point on diagonal `slot` of row `d` nearest the front that one more edit leads to.
    fn step(&self, d: usize, slot: usize) -> u32 {
        let row = self.row(d - 1);
        // From the diagonal above by taking an element of y, from the one below by taking an
        // element of x, where there is one left to take.
        let by_y = match slot.checked_sub(1) {
            Some(slot) if row[slot] != OUTSIDE && self.other(d - 1, slot, row[slot]) > 0 => {
                row[slot]
            }
            _ => OUTSIDE,
        };
        let by_x = match row.get(slot) {
            Some(&i) if i != OUTSIDE && i > 0 => i - 1,
            _ => OUTSIDE,
        };
        by_y.min(by_x)
    }

    /// How many elements of `y` are before the point that has `i` of `x` before it, on a diagonal.
    /// On slot s of row d, taking from the end has used up `2s − d` more elements of `y` than of
    /// `x`.
    fn other(&self, d: usize, slot: usize, i: u32) -> usize {
        let used = self.ends.0 - i as usize;
        self.ends.1 + d - 2 * slot - used
    }

    /// Whether the rests behind `i` and `j` are at most `d` edits apart. On one diagonal the
    /// distance never grows toward the end, so every point behind the one reached counts.
    fn reaches(&self, d: usize, i: usize, j: usize) -> bool {
        let (used_x, used_y) = (self.ends.0 - i, self.ends.1 - j);
        let Some(slot) = (d + used_y).checked_sub(used_x).filter(|double| double % 2 == 0) else {
            return false;
        };
        let reached = self.row(d).get(slot / 2).copied().unwrap_or(OUTSIDE);
        reached != OUTSIDE && reached as usize <= i
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same by a full table.
    fn slow(x: &[u32], y: &[u32]) -> (usize, Vec<Option<usize>>) {
        let mut longest = vec![vec![0; y.len() + 1]; x.len() + 1];
        for i in (0..x.len()).rev() {
            for j in (0..y.len()).rev() {
                longest[i][j] = if x[i] == y[j] {
                    longest[i + 1][j + 1] + 1
                } else {
                    longest[i + 1][j].max(longest[i][j + 1])
                };
            }
        }
        let mut partners = vec![None; x.len()];
        let (mut i, mut j) = (0, 0);
        while i < x.len() && j < y.len() {
            if x[i] == y[j] {
                partners[i] = Some(j);
                (i, j) = (i + 1, j + 1);
            } else if longest[i + 1][j] == longest[i][j] {
                i += 1;
            } else {
                j += 1;
            }
        }
        (longest[0][0], partners)
    }

    #[test]
    fn every_short_pair_agrees_with_the_full_table() {
        let sequences: Vec<Vec<u32>> = (0..=6u32)
            .flat_map(|length| {
                (0..3u32.pow(length))
                    .map(move |code| (0..length).map(|at| code / 3u32.pow(at) % 3).collect())
            })
            .collect();
        for x in sequences.iter().filter(|x| x.len() <= 5) {
            for y in &sequences {
                assert_eq!(align(x, y), slow(x, y).1, "{x:?} {y:?}");
            }
        }
    }

    #[test]
    fn long_pairs_agree_up_to_the_bound_and_keep_their_ends_beyond() {
        let mut state = 1u32;
        let mut random = move |below: u32| {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            (state >> 16) % below
        };
        let (mut within, mut beyond) = (0, 0);
        for round in 0..60 {
            let alphabet = 2 + round * 3;
            let x: Vec<u32> = (0..400).map(|_| random(alphabet)).collect();
            let mut y = x.clone();
            for _ in 0..round * 10 {
                let at = random(400) as usize;
                y[at.min(x.len() - 1)] = random(alphabet);
            }
            let (longest, partners) = slow(&x, &y);
            if x.len() + y.len() - 2 * longest <= MAX_EDITS {
                within += 1;
                assert_eq!(align(&x, &y), partners);
                continue;
            }
            beyond += 1;
            let prefix = x.iter().zip(&y).take_while(|(a, b)| a == b).count();
            let suffix = x.iter().rev().zip(y.iter().rev()).take_while(|(a, b)| a == b).count();
            for (i, partner) in align(&x, &y).into_iter().enumerate() {
                let at_an_end = i < prefix || i >= x.len() - suffix;
                assert_eq!(partner, at_an_end.then_some(i));
            }
        }
        assert!(within > 10 && beyond > 10, "{within} {beyond}");
    }
}
