//! Mode `keyed`: lists of objects that name themselves by a field.

use crate::classes::{ByClass, Classes};
use crate::conflict::{ConflictKind, Winner};
use crate::model::{Failure, Kind, Model, Plan};
use crate::rules::{Choice, Delete, Place};
use crate::walk::{Step, Walk};

/// A list's elements with the class of each one's key.
struct KeyedSide<M: Model> {
    nodes: Vec<M::Node>,
    classes: Vec<u32>,
    /// Where the element of each class stands.
    positions: ByClass<usize>,
}

impl<M: Model> KeyedSide<M> {
    fn get(&self, class: u32) -> Option<M::Node> {
        self.positions.get(class).map(|&at| self.nodes[at].clone())
    }

    fn has(&self, class: u32) -> bool {
        self.positions.contains(class)
    }
}

/// Three lists whose keys serve.
struct KeyedLists<M: Model> {
    base: KeyedSide<M>,
    theirs: KeyedSide<M>,
    mine: KeyedSide<M>,
    /// The name of each class.
    names: Vec<Vec<u8>>,
}

/// An element by its key: what each side has of it.
struct Element<M: Model> {
    name: Vec<u8>,
    base: Option<M::Node>,
    theirs: Option<M::Node>,
    mine: Option<M::Node>,
}

impl<M: Model> KeyedLists<M> {
    /// In the order of the walk: theirs' elements, then mine's others, then base's others.
    fn walked(&self) -> Vec<u32> {
        let Self { base, theirs, mine, .. } = self;
        let of_mine = mine.classes.iter().filter(|class| !theirs.has(**class));
        let of_base =
            base.classes.iter().filter(|class| !theirs.has(**class) && !mine.has(**class));
        theirs.classes.iter().chain(of_mine).chain(of_base).copied().collect()
    }

    fn element(&self, class: u32) -> Element<M> {
        Element {
            name: self.names[class as usize].clone(),
            base: self.base.get(class),
            theirs: self.theirs.get(class),
            mine: self.mine.get(class),
        }
    }

    /// A side's elements that all three have, in its order.
    fn shared(&self, side: &KeyedSide<M>) -> Vec<u32> {
        let everywhere =
            |class: &u32| self.base.has(*class) && self.theirs.has(*class) && self.mine.has(*class);
        side.classes.iter().copied().filter(everywhere).collect()
    }

    /// The elements that survive, in the order of one side, with what only the other side has put
    /// in among them.
    fn arranged(&self, order: Winner, mut plans: ByClass<Plan<M>>) -> Plan<M> {
        let (backbone, guests) = match order {
            Winner::Mine => (&self.mine, &self.theirs),
            _ => (&self.theirs, &self.mine),
        };
        let survives = |class: &u32| plans.contains(*class);
        let order = backbone.classes.iter().copied().filter(survives);
        let mut chain = Chain::new(self.names.len(), order);
        let mut after = None;
        for class in guests.classes.iter().copied().filter(survives) {
            if !backbone.has(class) {
                chain.insert(class, after, |next| !self.base.has(next) && !guests.has(next));
            }
            after = Some(class);
        }
        Plan::Array(chain.classes().filter_map(|class| plans.remove(class)).collect())
    }
}

impl<M: Model> Walk<'_, M> {
    /// Merges by key; by position, with a record, where the keys do not serve.
    ///
    /// Lists may be nested as deep as documents: what is not needed while their elements are merged
    /// has functions of its own, and what is needed is boxed, so that a level takes little of the
    /// stack.
    #[inline(never)]
    pub(crate) fn keyed(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
        fields: &[String],
    ) -> Result<Plan<M>, Failure<M>> {
        let Some(lists) = self.keyed_lists(base, theirs, mine, fields)? else {
            return self.without_keys(place, base, theirs, mine);
        };
        self.enter()?;
        let order = self.order_of_shared(place, [base, Some(theirs), Some(mine)], &lists)?;
        let mut plans: ByClass<Plan<M>> = ByClass::default();
        for class in lists.walked() {
            let plan = self.element(place, lists.element(class))?;
            if !plan.is_missing() {
                plans.insert(class, plan);
            }
        }
        self.leave();
        Ok(lists.arranged(order, plans))
    }

    /// Merges by position, which a record tells unless both sides are equal.
    #[inline(never)]
    fn without_keys(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
    ) -> Result<Plan<M>, Failure<M>> {
        if self.equal(theirs, mine)? {
            return Ok(Plan::Take(theirs.clone()));
        }
        let winner = match place.conflict {
            Choice::Fail => None,
            _ => Some(Winner::Both),
        };
        let [b, t, m] = [base, Some(theirs), Some(mine)].map(Plan::take);
        self.record(ConflictKind::DuplicateKey, winner, &b, &t, &m)?;
        self.ordered(place, base, theirs, mine)
    }

    /// Decides one element, as a member of that name would be.
    fn element(&mut self, place: &Place<'_>, element: Element<M>) -> Result<Plan<M>, Failure<M>> {
        let mut inner = place.member(&element.name);
        let Element { name, base, theirs, mine } = element;
        if inner.delete == Delete::Empties && (theirs.is_none() || mine.is_none()) {
            // An element that was taken out of its list is gone, not emptied.
            inner.delete = Delete::Wins;
        }
        let (base, theirs, mine) = (base.as_ref(), theirs.as_ref(), mine.as_ref());
        Ok(self.decide_below(Step::Named(name), &inner, base, theirs, mine)?.plan)
    }

    /// Which side's order holds for the elements that all three share; a conflict where both
    /// changed it, each its own way.
    #[inline(never)]
    fn order_of_shared(
        &mut self,
        place: &Place<'_>,
        inputs: [Option<&M::Node>; 3],
        lists: &KeyedLists<M>,
    ) -> Result<Winner, Failure<M>> {
        let [base, theirs, mine] =
            [&lists.base, &lists.theirs, &lists.mine].map(|side| lists.shared(side));
        if mine == base || mine == theirs {
            return Ok(Winner::Theirs);
        }
        if theirs == base {
            return Ok(Winner::Mine);
        }
        let winner = match place.conflict {
            Choice::Theirs => Some(Winner::Theirs),
            Choice::Fail => None,
            _ => Some(Winner::Mine),
        };
        let [base, theirs, mine] = inputs.map(Plan::take);
        self.record(ConflictKind::Order, winner, &base, &theirs, &mine)?;
        Ok(winner.unwrap_or(Winner::Mine))
    }

    /// Reads three lists; `None` if the keys of one do not serve.
    #[inline(never)]
    fn keyed_lists(
        &self,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
        fields: &[String],
    ) -> Result<Option<Box<KeyedLists<M>>>, Failure<M>> {
        let mut keys = Keys { fields, classes: Classes::new(), names: Vec::new() };
        // Theirs first: where keys are equal but not spelled alike, an element is named as theirs
        // spells it.
        let theirs = self.keyed_side(Some(theirs), &mut keys)?;
        let mine = self.keyed_side(Some(mine), &mut keys)?;
        let base = self.keyed_side(base, &mut keys)?;
        let (Some(base), Some(theirs), Some(mine)) = (base, theirs, mine) else {
            return Ok(None);
        };
        Ok(Some(Box::new(KeyedLists { base, theirs, mine, names: keys.names })))
    }

    /// Reads a list and its keys; `None` if an element has no usable key, or two have the same.
    fn keyed_side(
        &self,
        list: Option<&M::Node>,
        keys: &mut Keys<'_, M>,
    ) -> Result<Option<KeyedSide<M>>, Failure<M>> {
        let nodes = list.map_or(Ok(Vec::new()), |list| self.model.elements(list));
        let nodes = nodes.map_err(Failure::Model)?;
        let mut classes = Vec::with_capacity(nodes.len());
        let mut positions = ByClass::default();
        for (at, node) in nodes.iter().enumerate() {
            if self.kind(node)? != Kind::Object {
                return Ok(None);
            }
            match keys.class_of(self.model, node).map_err(Failure::Model)? {
                Some(class) if positions.insert(class, at) => classes.push(class),
                _ => return Ok(None),
            }
        }
        Ok(Some(KeyedSide { nodes, classes, positions }))
    }
}

/// The keys met so far, sorted into classes of equal ones.
struct Keys<'f, M: Model> {
    fields: &'f [String],
    classes: Classes<Vec<M::Node>>,
    /// The name of each class, as its first element spells it.
    names: Vec<Vec<u8>>,
}

impl<M: Model> Keys<'_, M> {
    /// The class of an element's key; `None` if a field is missing or no scalar.
    fn class_of(&mut self, model: &M, element: &M::Node) -> Result<Option<u32>, M::Error> {
        let mut values = Vec::with_capacity(self.fields.len());
        let mut labels = Vec::with_capacity(self.fields.len());
        let mut digest = 0u64;
        for field in self.fields {
            let Some(value) = model.member(element, field)? else {
                return Ok(None);
            };
            let Some(label) = model.label(&value)? else {
                return Ok(None);
            };
            digest = digest.rotate_left(1) ^ model.digest(&value)?;
            labels.push(label);
            values.push(value);
        }
        let equal = |a: &Vec<M::Node>, b: &Vec<M::Node>| {
            for (a, b) in a.iter().zip(b) {
                if !model.equal(a, b)? {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let class = self.classes.of(digest, values, equal)?;
        if class as usize == self.names.len() {
            self.names.push(labels.join(&b','));
        }
        Ok(Some(class))
    }
}

/// The result's order while guests are put into it: a linked list over classes.
struct Chain {
    /// For each class the one that follows it; the last slot is the front's.
    next: Vec<Option<u32>>,
}

impl Chain {
    fn new(classes: usize, order: impl Iterator<Item = u32>) -> Self {
        let mut chain = Self { next: vec![None; classes + 1] };
        let mut last = classes;
        for class in order {
            chain.next[last] = Some(class);
            last = class as usize;
        }
        chain
    }

    /// Puts a class behind another (at the front if there is none), past those that stand there and
    /// are to come first.
    fn insert(&mut self, class: u32, after: Option<u32>, comes_first: impl Fn(u32) -> bool) {
        let mut at = after.map_or(self.next.len() - 1, |after| after as usize);
        while let Some(next) = self.next[at].filter(|&next| comes_first(next)) {
            at = next as usize;
        }
        self.next[class as usize] = self.next[at];
        self.next[at] = Some(class);
    }

    fn classes(&self) -> impl Iterator<Item = u32> + '_ {
        let front = self.next[self.next.len() - 1];
        std::iter::successors(front, |&class| self.next[class as usize])
    }
}
