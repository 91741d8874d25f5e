//! What the sides changed in base, container by container.

use smallvec::SmallVec;

use super::Node;
use super::tape::Refused;

/// A container of a side, along one of base's.
#[derive(Clone, Copy)]
pub(super) struct Aligned {
    /// Base's entry.
    pub(super) base: u32,
    pub(super) chain: Chain,
    /// Whether some of base's entries are not among the pieces.
    pub(super) lacks: bool,
    /// Whether some of the pieces are [`Piece::Added`].
    pub(super) adds: bool,
}

/// A part of a container, in the side's order. Base's entries among the pieces are in their order;
/// those that are not there are not in the side, or elsewhere in it.
#[derive(Clone, Copy)]
pub(super) enum Piece<'a> {
    /// Base's entries from one up to another, as they are in base.
    Run(u32, u32),
    /// Base's entry, but for its value.
    Changed(u32, Node<'a>),
    /// The name (its literal, nothing for an element) and value of what is not at its place in
    /// base.
    Added(&'a str, Node<'a>),
}

/// What the sides changed in base. For a session of a few kilobytes there is room without the heap.
#[derive(Default)]
pub(super) struct Changes<'a> {
    containers: SmallVec<[Aligned; 20]>,
    /// Those of a container are linked, for those of the containers in it come between.
    pieces: SmallVec<[Linked<'a>; 48]>,
}

/// A piece, and where the next one of its container is.
#[derive(Clone, Copy)]
pub(super) struct Linked<'a> {
    piece: Piece<'a>,
    next: u32,
}

/// The pieces of one container: where the first and the last are, and how many there are.
#[derive(Clone, Copy)]
pub(super) struct Chain {
    first: u32,
    last: u32,
    count: u32,
}

/// Where there is no piece.
const NOWHERE: u32 = u32::MAX;

impl Chain {
    pub(super) const EMPTY: Self = Self { first: NOWHERE, last: NOWHERE, count: 0 };
}

/// The pieces of a container that are still to come.
#[derive(Clone, Copy)]
pub(super) struct Pieces<'p, 'a> {
    all: &'p [Linked<'a>],
    at: u32,
    /// How many there were at first.
    pub(super) count: usize,
}

impl<'a> Linked<'a> {
    pub(super) fn alone(piece: Piece<'a>) -> Self {
        Self { piece, next: NOWHERE }
    }
}

impl<'p, 'a> Pieces<'p, 'a> {
    pub(super) fn of(all: &'p [Linked<'a>]) -> Self {
        Self { all, at: 0, count: all.len() }
    }

    #[inline]
    pub(super) fn first(self) -> Option<Piece<'a>> {
        Some(self.all.get(self.at as usize)?.piece)
    }

    /// Goes on behind the first.
    #[inline]
    pub(super) fn advance(&mut self) {
        self.at = self.all.get(self.at as usize).map_or(NOWHERE, |linked| linked.next);
    }

    #[inline]
    pub(super) fn iter(mut self) -> impl Iterator<Item = Piece<'a>> + use<'p, 'a> {
        std::iter::from_fn(move || {
            let first = self.first();
            self.advance();
            first
        })
    }
}

impl<'a> Changes<'a> {
    /// A container by its number, and its pieces.
    pub(super) fn container(&self, number: u32) -> (Aligned, Pieces<'_, 'a>) {
        let aligned = self.containers[number as usize];
        let Chain { first, count, .. } = aligned.chain;
        (aligned, Pieces { all: &self.pieces, at: first, count: count as usize })
    }

    /// Adds a container that was read; the answer is its number.
    #[inline]
    pub(super) fn add(&mut self, aligned: Aligned) -> Result<u32, Refused> {
        let number = u32::try_from(self.containers.len()).map_err(|_| Refused)?;
        self.containers.push(aligned);
        Ok(number)
    }

    /// Goes on with base's entries from one up to another.
    pub(super) fn run(&mut self, chain: &mut Chain, from: u32, to: u32) -> Result<(), Refused> {
        if let Some(Linked { piece: Piece::Run(_, end), .. }) =
            self.pieces.get_mut(chain.last as usize)
            && *end == from
        {
            *end = to;
            return Ok(());
        }
        self.push(chain, Piece::Run(from, to))
    }

    #[inline]
    pub(super) fn push(&mut self, chain: &mut Chain, piece: Piece<'a>) -> Result<(), Refused> {
        let index = u32::try_from(self.pieces.len()).map_err(|_| Refused)?;
        match self.pieces.get_mut(chain.last as usize) {
            Some(last) => last.next = index,
            None => chain.first = index,
        }
        chain.last = index;
        chain.count += 1;
        self.pieces.push(Linked::alone(piece));
        Ok(())
    }
}
