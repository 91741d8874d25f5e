//! Walking the rules down a document.

use smallvec::SmallVec;

use super::compile::{Compiled, Group, Node};
use super::{Choice, Delete, Mode, Rule};

/// Where the walk stands in the rules: what holds here, and which patterns could still match below.
#[derive(Clone)]
pub(crate) struct Place<'r> {
    compiled: &'r Compiled,
    /// The nodes of the pattern trie reached so far, by index.
    nodes: SmallVec<[u32; 8]>,
    pub(crate) mode: &'r Mode,
    pub(crate) conflict: &'r Choice,
    pub(crate) delete: Delete,
}

impl<'r> Place<'r> {
    pub(super) fn root(compiled: &'r Compiled) -> Self {
        let mut place = Self {
            compiled,
            nodes: SmallVec::new(),
            mode: &Mode::Deep,
            conflict: &Choice::Mine,
            delete: Delete::Wins,
        };
        place.enter(Compiled::ROOT);
        place.settle();
        place
    }

    /// The place of a member, or of a keyed list's element, by its name.
    pub(crate) fn member(&self, name: &[u8]) -> Self {
        self.below(|node, enter| node.literal_or_glob(name, enter))
    }

    /// The place of an element of a list that has no names.
    pub(crate) fn element(&self) -> Self {
        self.below(Node::any_element)
    }

    /// Whether names matter below; where they do not, [`unnamed`](Self::unnamed) is the place of
    /// every member.
    pub(crate) fn wants_names(&self) -> bool {
        !self.nodes.is_empty()
    }

    /// The place of any member, where no pattern could match it.
    pub(crate) fn unnamed(&self) -> Self {
        Self { nodes: SmallVec::new(), mode: &Mode::Deep, ..*self }
    }

    /// The place of the document inside an embedded string: the same in the patterns, but under the
    /// rule for its root.
    pub(crate) fn embedded(&self, root: &'r Rule) -> Self {
        Self {
            mode: root.mode.as_ref().unwrap_or(&Mode::Deep),
            conflict: root.conflict.as_ref().unwrap_or(self.conflict),
            delete: root.delete.unwrap_or(self.delete),
            ..self.clone()
        }
    }

    /// The groups among the members here, in the order of the rule set.
    pub(crate) fn groups(&self) -> Vec<&'r Group> {
        let is_here = |group: &usize| {
            let mut nodes = self.nodes.iter().map(|&node| &self.compiled.nodes[node as usize]);
            nodes.any(|node| node.groups.contains(group))
        };
        let groups = self.compiled.groups.iter().enumerate();
        groups.filter(|(index, _)| is_here(index)).map(|(_, group)| group).collect()
    }

    /// One step down, from each node reached to those its `edges` lead to.
    fn below(&self, edges: impl Fn(&Node, &mut dyn FnMut(u32))) -> Self {
        let mut place = Self { nodes: SmallVec::new(), mode: &Mode::Deep, ..*self };
        for &index in &self.nodes {
            let node = &self.compiled.nodes[index as usize];
            if node.is_deep {
                place.enter(index);
            }
            edges(node, &mut |next| place.enter(next));
        }
        place.settle();
        place
    }

    /// Adds a node, and that behind `**`, which may stand for no segment at all.
    fn enter(&mut self, index: u32) {
        if self.nodes.contains(&index) {
            return;
        }
        self.nodes.push(index);
        if let Some(deep) = self.compiled.nodes[index as usize].deep {
            self.enter(deep);
        }
    }

    /// Takes each field from the most specific pattern that ends here and sets it, and forgets the
    /// nodes that lead no further.
    fn settle(&mut self) {
        let nodes = &self.compiled.nodes;
        // Patterns are kept in the order of specificity: for each field the first that sets it.
        let (mut mode, mut conflict, mut delete) = (usize::MAX, usize::MAX, usize::MAX);
        for pattern in self.nodes.iter().filter_map(|&node| nodes[node as usize].ends) {
            let rule = &self.compiled.rules[pattern].1;
            if let (Some(set), true) = (&rule.mode, pattern < mode) {
                (self.mode, mode) = (set, pattern);
            }
            if let (Some(set), true) = (&rule.conflict, pattern < conflict) {
                (self.conflict, conflict) = (set, pattern);
            }
            if let (Some(set), true) = (rule.delete, pattern < delete) {
                (self.delete, delete) = (set, pattern);
            }
        }
        self.nodes.retain(|node| nodes[*node as usize].leads_on());
    }
}
