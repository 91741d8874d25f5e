//! A side told by what it changed in base.
//!
//! Most of a side is what base says, byte for byte. It is compared with base up to the next
//! difference; which member or element that is in, base's [`Tape`] tells. A container in which
//! something differs is gone into in the same way, and only what is new is read and validated. What
//! comes out names the members that are base's by their places in base, and holds the others.

use super::bytes::common_prefix;
use super::changes::{Aligned, Chain, Changes, Piece};
use super::scan::{Reader, Strict};
use super::tape::{Entry, Refused, Tape, value_end};
use super::{Node, Origin};

/// Up to so many members are searched for the one that a side goes on with.
const FAR: usize = 16;

/// A way through a side along base.
pub(super) struct Sides<'s, 'a> {
    base: &'a str,
    tape: &'s Tape,
    side: &'a str,
    reader: Strict<'a>,
    changes: &'s mut Changes<'a>,
    /// The last comparison: where it started in base and in the side, and where it ended in base.
    compared: [usize; 3],
}

impl<'s, 'a> Sides<'s, 'a> {
    pub(super) fn new(
        base: &'a str,
        tape: &'s Tape,
        side: &'a str,
        max_depth: usize,
        changes: &'s mut Changes<'a>,
    ) -> Self {
        let reader = Strict { bytes: side.as_bytes(), max_depth };
        Self { base, tape, side, reader, changes, compared: [usize::MAX; 3] }
    }

    /// Reads the side's document along an entry of base. The side is without white space around it.
    pub(super) fn read(mut self, entry: u32) -> Result<Node<'a>, Refused> {
        let base = self.tape.node(self.base, entry);
        if self.side == base.text {
            return Ok(base);
        }
        let (node, end) = self.changed(entry, 0, 0)?;
        if end == self.side.len() { Ok(node) } else { Err(Refused) }
    }

    /// Reads the value that stands where base has that of an entry, inside of so many containers.
    fn changed(
        &mut self,
        entry: u32,
        at: usize,
        depth: usize,
    ) -> Result<(Node<'a>, usize), Refused> {
        let opens = self.reader.byte(at);
        let value = self.tape.entry(entry).value as usize;
        if matches!(opens, b'{' | b'[') && self.base.as_bytes()[value] == opens {
            return self.container(entry, at, depth + 1);
        }
        self.new_value(at, depth)
    }

    fn new_value(&self, at: usize, depth: usize) -> Result<(Node<'a>, usize), Refused> {
        let left = self.reader.max_depth.saturating_sub(depth);
        let end = value_end(self.reader.bytes, at, left)?;
        Ok((Node { text: &self.side[at..end], origin: Origin::Unknown }, end))
    }

    /// Reads a container along one of base's of the same kind.
    fn container(
        &mut self,
        entry: u32,
        start: usize,
        depth: usize,
    ) -> Result<(Node<'a>, usize), Refused> {
        let mut way = Way {
            depth,
            is_object: self.reader.byte(start) == b'{',
            next: entry + 1,
            stop: self.tape.entry(entry).next,
            lacks: false,
            adds: false,
            chain: Chain::EMPTY,
        };
        let first = self.reader.white(start + 1);
        let mut end = first + 1;
        if !way.closes(self.reader.byte(first)) {
            let mut at = Some(first);
            while let Some(piece) = at {
                end = self.piece(&mut way, piece)?;
                at = self.behind(&way, &mut end)?;
            }
        }
        let lacks = way.lacks || way.next < way.stop;
        let Way { chain, adds, .. } = way;
        let number = self.changes.add(Aligned { base: entry, chain, lacks, adds })?;
        Ok((Node { text: &self.side[start..end], origin: Origin::Side(number) }, end))
    }

    /// Goes on behind a value: to the next member or element, or, with `end` then behind it, past
    /// what closes the container.
    #[inline]
    fn behind(&self, way: &Way, end: &mut usize) -> Result<Option<usize>, Refused> {
        let at = self.reader.white(*end);
        match self.reader.byte(at) {
            // What comes next is read as a value, which a closing bracket is none of.
            b',' => Ok(Some(self.reader.white(at + 1))),
            byte if way.closes(byte) => {
                *end = at + 1;
                Ok(None)
            }
            _ => Err(Refused),
        }
    }

    /// Reads one or more members or elements; the answer is the end of the last.
    fn piece(&mut self, way: &mut Way, at: usize) -> Result<usize, Refused> {
        if way.next == way.stop {
            return self.added(way, at);
        }
        let entry = self.tape.entry(way.next);
        let same = self.same_until(entry.start, at);
        if let Some(end) = self.unchanged(way, entry.start, at, same)? {
            return Ok(end);
        }
        if !way.is_object {
            return self.element(way, entry, at);
        }
        // The name is the same, and the colon; more white space may follow here.
        if same >= entry.value as usize {
            let value = self.reader.white(at + (entry.value - entry.start) as usize);
            return self.with_value(way, way.next, value);
        }
        self.added(way, at)
    }

    /// Takes all members or elements that are base's, of which at least one must be: from the place
    /// `start` in base and `at` in the side everything is the same up to `same`.
    fn unchanged(
        &mut self,
        way: &mut Way,
        start: u32,
        at: usize,
        same: usize,
    ) -> Result<Option<usize>, Refused> {
        let from = way.next;
        let in_side = |end: u32| at + (end - start) as usize;
        let mut end = None;
        while way.next < way.stop {
            let entry = self.tape.entry(way.next);
            // What follows a number tells where it ends; it need not be what follows in base.
            if entry.end as usize > same
                || entry.end as usize == same && !self.ends_value(in_side(entry.end))
            {
                break;
            }
            end = Some(in_side(entry.end));
            way.next = entry.next;
        }
        if end.is_some() {
            self.changes.run(&mut way.chain, from, way.next)?;
        }
        Ok(end)
    }

    /// Takes the value of base's entry, which stands here in the side.
    fn with_value(&mut self, way: &mut Way, index: u32, at: usize) -> Result<usize, Refused> {
        let entry = self.tape.entry(index);
        way.next = entry.next;
        let same = self.same_until(entry.value, at);
        let end = at + (entry.end - entry.value) as usize;
        if same >= entry.end as usize && self.ends_value(end) {
            self.changes.run(&mut way.chain, index, entry.next)?;
            return Ok(end);
        }
        let (node, end) = self.changed(index, at, way.depth)?;
        self.changes.push(&mut way.chain, Piece::Changed(index, node))?;
        Ok(end)
    }

    /// Takes an element where base's is another.
    fn element(&mut self, way: &mut Way, entry: Entry, at: usize) -> Result<usize, Refused> {
        // Is it base's next one, the one between being gone?
        if entry.next < way.stop {
            let next = self.tape.entry(entry.next);
            if self.same_until(next.start, at) > next.end as usize {
                way.next = entry.next;
                way.lacks = true;
                return self.piece(way, at);
            }
        }
        let (node, end) = self.changed(way.next, at, way.depth)?;
        // Or does base's come next, this one being new?
        let mut behind = end;
        if let Some(next) = self.behind(way, &mut behind)?
            && self.same_until(entry.start, next) > entry.end as usize
        {
            way.adds = true;
            let node = Node { origin: Origin::Unknown, ..node };
            self.changes.push(&mut way.chain, Piece::Added("", node))?;
        } else {
            self.changes.push(&mut way.chain, Piece::Changed(way.next, node))?;
            way.next = entry.next;
        }
        Ok(end)
    }

    /// Takes a member of another name than base's next one, or an element behind base's last.
    fn added(&mut self, way: &mut Way, at: usize) -> Result<usize, Refused> {
        let (mut key, mut value) = ("", at);
        if way.is_object {
            let name_end;
            (name_end, value) = self.reader.name(at, "a member's name")?;
            key = &self.side[at..name_end];
            let named = |index: &u32| {
                let start = self.tape.entry(*index).start as usize;
                self.base.as_bytes()[start..].starts_with(key.as_bytes())
            };
            let found = self.tape.between(way.next, way.stop).take(FAR).find(named);
            if let Some(index) = found {
                way.lacks |= index != way.next;
                return self.with_value(way, index, value);
            }
        }
        let (node, end) = self.new_value(value, way.depth)?;
        way.adds = true;
        self.changes.push(&mut way.chain, Piece::Added(key, node))?;
        Ok(end)
    }

    /// Whether what stands here in the side could not continue a value.
    fn ends_value(&self, at: usize) -> bool {
        matches!(self.reader.byte(at), b',' | b'}' | b']' | b' ' | b'\t' | b'\n' | b'\r')
    }

    /// The place in base up to which it says what the side says, from these places on.
    #[inline]
    fn same_until(&mut self, base: u32, side: usize) -> usize {
        let base = base as usize;
        let [known_base, known_side, end] = self.compared;
        let is_known = (known_base..=end).contains(&base)
            && base - known_base == side.wrapping_sub(known_side);
        if is_known { end } else { self.compare(base, side) }
    }

    #[inline(never)]
    fn compare(&mut self, base: usize, side: usize) -> usize {
        let rest = |text: &'a str, at: usize| text.as_bytes().get(at..).unwrap_or_default();
        let end = base + common_prefix(rest(self.base, base), rest(self.side, side));
        self.compared = [base, side, end];
        end
    }
}

/// How far a container has been read.
struct Way {
    /// How many containers are open, with this one.
    depth: usize,
    is_object: bool,
    /// Base's entry that has not been come by yet, and that behind the last one.
    next: u32,
    stop: u32,
    lacks: bool,
    adds: bool,
    /// Its pieces so far.
    chain: Chain,
}

impl Way {
    #[inline]
    fn closes(&self, byte: u8) -> bool {
        byte == if self.is_object { b'}' } else { b']' }
    }
}
