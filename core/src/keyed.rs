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
}

/// An element by its key: what each side has of it.
struct Element<M: Model> {
    name: Vec<u8>,
    base: Option<M::Node>,
    theirs: Option<M::Node>,
    mine: Option<M::Node>,
}

impl<M: Model> KeyedSide<M> {
    fn positions(&self) -> ByClass<usize> {
        self.classes.iter().enumerate().map(|(at, &class)| (class, at)).collect()
    }
}

impl<M: Model> Walk<'_, M> {
    /// Merges by key; by position, with a record, where the keys do not serve.
    pub(crate) fn keyed(
        &mut self,
        place: &Place<'_>,
        base: Option<&M::Node>,
        theirs: &M::Node,
        mine: &M::Node,
        fields: &[String],
    ) -> Result<Plan<M>, Failure<M>> {
        let mut keys = Keys { fields, classes: Classes::new(), names: Vec::new() };
        // Theirs first: where keys are equal but not spelled alike, an element is named as theirs
        // spells it.
        let sides = (
            self.keyed_side(Some(theirs), &mut keys)?,
            self.keyed_side(Some(mine), &mut keys)?,
            self.keyed_side(base, &mut keys)?,
        );
        let (Some(t), Some(m), Some(b)) = sides else {
            if self.equal(theirs, mine)? {
                return Ok(Plan::Take(theirs.clone()));
            }
            let lists = (Plan::take(base), Plan::Take(theirs.clone()), Plan::Take(mine.clone()));
            let winner = match place.conflict {
                Choice::Fail => None,
                _ => Some(Winner::Both),
            };
            self.record(ConflictKind::DuplicateKey, winner, &lists.0, &lists.1, &lists.2)?;
            return self.ordered(place, base, theirs, mine);
        };
        self.enter()?;
        let lists = [base, Some(theirs), Some(mine)];
        let order = self.order_of_shared(place, lists, [&b, &t, &m])?;
        let (in_base, in_theirs, in_mine) = (b.positions(), t.positions(), m.positions());
        let at = |side: &KeyedSide<M>, position: &ByClass<usize>, class: u32| {
            position.get(class).map(|&at| side.nodes[at].clone())
        };
        // Merged order of the walk: theirs' elements, then mine's others, then base's others.
        let mut walked: Vec<u32> = t.classes.clone();
        walked.extend(m.classes.iter().filter(|class| !in_theirs.contains(**class)));
        let of_base = b.classes.iter();
        walked.extend(
            of_base.filter(|class| !in_theirs.contains(**class) && !in_mine.contains(**class)),
        );
        let mut plans: ByClass<Plan<M>> = ByClass::default();
        for class in walked {
            let element = Element {
                name: keys.names[class as usize].clone(),
                base: at(&b, &in_base, class),
                theirs: at(&t, &in_theirs, class),
                mine: at(&m, &in_mine, class),
            };
            let plan = self.element(place, element)?;
            if !plan.is_missing() {
                plans.insert(class, plan);
            }
        }
        self.leave();
        let survives = |class: &u32| plans.contains(*class);
        let backbone_and_guests = match order {
            Winner::Mine => [(&m, &in_mine), (&t, &in_theirs)],
            _ => [(&t, &in_theirs), (&m, &in_mine)],
        };
        let [(backbone, in_backbone), (guests, in_guests)] = backbone_and_guests;
        let mut chain =
            Chain::new(keys.names.len(), backbone.classes.iter().copied().filter(survives));
        let mut after = None;
        for class in guests.classes.iter().copied().filter(survives) {
            if !in_backbone.contains(class) {
                chain.insert(class, after, |next| {
                    !in_base.contains(next) && !in_guests.contains(next)
                });
            }
            after = Some(class);
        }
        Ok(Plan::Array(chain.classes().filter_map(|class| plans.remove(class)).collect()))
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
    fn order_of_shared(
        &mut self,
        place: &Place<'_>,
        lists: [Option<&M::Node>; 3],
        sides: [&KeyedSide<M>; 3],
    ) -> Result<Winner, Failure<M>> {
        let positions = sides.map(KeyedSide::positions);
        let shared = |side: &KeyedSide<M>| -> Vec<u32> {
            let everywhere = |class: &u32| positions.iter().all(|known| known.contains(*class));
            side.classes.iter().copied().filter(everywhere).collect()
        };
        let [base, theirs, mine] = sides.map(shared);
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
        let [base, theirs, mine] = lists.map(Plan::take);
        self.record(ConflictKind::Order, winner, &base, &theirs, &mine)?;
        Ok(winner.unwrap_or(Winner::Mine))
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
        let mut seen = ByClass::default();
        for node in &nodes {
            if self.kind(node)? != Kind::Object {
                return Ok(None);
            }
            match keys.class_of(self.model, node).map_err(Failure::Model)? {
                Some(class) if seen.insert(class, ()) => classes.push(class),
                _ => return Ok(None),
            }
        }
        Ok(Some(KeyedSide { nodes, classes }))
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
