//! The three-way join of members in JSON text.
//!
//! Most of a document is what it was. So only base is read member by member; whether the sides
//! still say the same is known from one comparison of bytes up to their next difference. A member
//! that differs is read on its own side, and both go on behind it. Where the names themselves
//! differ (a member came or went in the middle), the rest is joined by name.

use std::mem;

use hashbrown::DefaultHashBuilder;

use super::bytes::common_prefix;
use super::members::{Cursor, Finder, Member, distinct_members};
use super::names::Names;
use super::scan::{Fault, Reader};
use super::{Key, Node, Text};
use crate::model::Joined;

/// Why there is no join.
pub(super) enum Stop {
    /// The text is malformed; which one and where is not told.
    Fault,
    /// A name is repeated, which [`join_distinct`] takes care of.
    Repeated,
}

impl From<Fault> for Stop {
    fn from(_: Fault) -> Self {
        Self::Fault
    }
}

/// A side of the lockstep.
struct Side<'a, R> {
    cursor: Cursor<'a, R>,
    /// Up to here base's bytes are the side's, counted in base's text and from where the cursors
    /// stand.
    common: usize,
}

impl<'a, R: Reader> Side<'a, R> {
    fn new(cursor: Cursor<'a, R>, base: &Cursor<'a, R>) -> Self {
        let mut side = Self { cursor, common: 0 };
        side.compare(base);
        side
    }

    fn compare(&mut self, base: &Cursor<'a, R>) {
        let rest = |cursor: &Cursor<'a, R>| &cursor.text.as_bytes()[cursor.at..];
        self.common = base.at + common_prefix(rest(base), rest(&self.cursor));
    }

    /// Goes past the side's member of this name, from before base's member to `behind` it. The
    /// answer is the side's value, `None` if the member that stands here has another name.
    #[inline]
    fn step(
        &mut self,
        member: &Member<'a>,
        behind: &Cursor<'a, R>,
    ) -> Result<Option<&'a str>, Fault> {
        // The byte there counts too: what follows a number or the last member tells where it ends.
        if behind.at < self.common {
            self.cursor.at += behind.at - member.start;
            return Ok(Some(member.value));
        }
        let end = self.cursor.at + (member.end - member.start);
        if member.end <= self.common && self.cursor.ends_value(end) {
            self.cursor = self.cursor.behind(end)?;
            self.compare(behind);
            return Ok(Some(member.value));
        }
        let mut cursor = self.cursor;
        match cursor.next()? {
            Some(own) if own.key == member.key => {
                self.cursor = cursor;
                self.compare(behind);
                let same = own.value == member.value;
                Ok(Some(if same { member.value } else { own.value }))
            }
            _ => Ok(None),
        }
    }
}

/// The join of [`Model::join`](crate::model::Model::join), with base there. Each text comes with
/// its reader; what they have not validated by then, they validate now.
pub(super) fn join<'a, R: Reader>(
    texts: [(&'a str, R); 3],
    whole: bool,
    hasher: &DefaultHashBuilder,
) -> Result<Vec<Joined<Text<'a>>>, Stop> {
    let [base, theirs, mine] = texts;
    let mut base = Cursor::new(base.0, base.1)?;
    let mut theirs = Side::new(Cursor::new(theirs.0, theirs.1)?, &base);
    let mut mine = Side::new(Cursor::new(mine.0, mine.1)?, &base);
    let mut out = Output { joined: Vec::new(), text: base.text, run: 0..0 };
    let mut names = Names::new(hasher);
    loop {
        let mut behind = base;
        let Some(member) = behind.next()? else {
            break;
        };
        let (their_cursor, their_common) = (theirs.cursor, theirs.common);
        let Some(t) = theirs.step(&member, &behind)? else {
            break;
        };
        let Some(m) = mine.step(&member, &behind)? else {
            (theirs.cursor, theirs.common) = (their_cursor, their_common);
            break;
        };
        if !names.insert(member.key) {
            return Err(Stop::Repeated);
        }
        // Equal values are one slice by now.
        let changed = !(std::ptr::eq(t, member.value) && std::ptr::eq(m, member.value));
        if changed || whole || !member.is_compact() {
            out.member(member.key, Some(member.value), Some(t), Some(m));
        } else {
            out.unchanged(member.start, member.end);
        }
        base = behind;
    }
    out.flush();
    let mut joined = out.joined;
    let rest = |mut cursor: Cursor<'a, R>| -> Result<Vec<Member<'a>>, Stop> {
        let mut members = Vec::new();
        let mut own = Names::new(hasher);
        while let Some(member) = cursor.next()? {
            if names.contains(member.key) || !own.insert(member.key) {
                return Err(Stop::Repeated);
            }
            members.push(member);
        }
        Ok(members)
    };
    let texts = [rest(base)?, rest(theirs.cursor)?, rest(mine.cursor)?];
    join_lists(theirs.cursor.text, &texts, whole, hasher, &mut joined);
    Ok(joined)
}

/// The join of valid texts in which names may be repeated, or base may be missing.
pub(super) fn join_distinct<'a>(
    base: Option<&'a str>,
    theirs: &'a str,
    mine: &'a str,
    whole: bool,
    hasher: &DefaultHashBuilder,
) -> Vec<Joined<Text<'a>>> {
    let members = |object| distinct_members(object, hasher);
    let lists = [base.map_or(Vec::new(), members), members(theirs), members(mine)];
    let mut joined = Vec::new();
    join_lists(theirs, &lists, whole, hasher, &mut joined);
    joined
}

/// Joins members by name; no list has a name twice.
fn join_lists<'a>(
    text: &'a str,
    [base, theirs, mine]: &[Vec<Member<'a>>; 3],
    whole: bool,
    hasher: &DefaultHashBuilder,
    joined: &mut Vec<Joined<Text<'a>>>,
) {
    let (mut in_base, mut in_mine) = (Finder::new(base, hasher), Finder::new(mine, hasher));
    let (mut base_seen, mut mine_seen) = (vec![false; base.len()], vec![false; mine.len()]);
    let see = |finder: &mut Finder<'_, 'a>, list: &[Member<'a>], seen: &mut [bool], key: &str| {
        let at = finder.find(key)?;
        seen[at] = true;
        Some(list[at].value)
    };
    let mut out = Output { joined: mem::take(joined), text, run: 0..0 };
    for member in theirs {
        let b = see(&mut in_base, base, &mut base_seen, member.key);
        let m = see(&mut in_mine, mine, &mut mine_seen, member.key);
        let unchanged = b == Some(member.value) && m == b;
        if unchanged && !whole && member.is_compact() {
            out.unchanged(member.start, member.end);
        } else {
            out.member(member.key, b, Some(member.value), m);
        }
    }
    for (member, _) in mine.iter().zip(mine_seen).filter(|(_, seen)| !seen) {
        let b = see(&mut in_base, base, &mut base_seen, member.key);
        out.member(member.key, b, None, Some(member.value));
    }
    for (member, _) in base.iter().zip(base_seen).filter(|(_, seen)| !seen) {
        out.member(member.key, Some(member.value), None, None);
    }
    out.flush();
    *joined = out.joined;
}

/// The join so far, and the run that is still growing.
struct Output<'a> {
    joined: Vec<Joined<Text<'a>>>,
    /// What the run is part of.
    text: &'a str,
    run: std::ops::Range<usize>,
}

impl<'a> Output<'a> {
    #[inline]
    fn unchanged(&mut self, start: usize, end: usize) {
        // A comma alone between: the two can be copied as one.
        if self.run.end + 1 == start && !self.run.is_empty() {
            self.run.end = end;
        } else {
            self.flush();
            self.run = start..end;
        }
    }

    fn flush(&mut self) {
        if !self.run.is_empty() {
            self.joined.push(Joined::Run(&self.text[mem::take(&mut self.run)]));
        }
    }

    fn member(
        &mut self,
        key: &'a str,
        base: Option<&'a str>,
        theirs: Option<&'a str>,
        mine: Option<&'a str>,
    ) {
        self.flush();
        let [base, theirs, mine] = [base, theirs, mine].map(|value| value.map(Node));
        self.joined.push(Joined::Member { key: Key(key), base, theirs, mine });
    }
}
