//! What a call tells JavaScript.

use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    /// The JavaScript object behind one call. None of its methods throws: an exception would pass
    /// through this module without releasing what the call holds.
    pub type Host;

    /// The merged document, and the [report](crate::report).
    #[wasm_bindgen(method)]
    pub(crate) fn merged(this: &Host, value: &[u8], changed: bool, report: &[u8]);

    /// The report holds conflicts that the rules do not allow.
    #[wasm_bindgen(method)]
    pub(crate) fn refused(this: &Host, message: &str, report: &[u8]);

    /// An input is not JSON.
    #[wasm_bindgen(method)]
    pub(crate) fn malformed(this: &Host, message: &str, input: &str, line: usize, column: usize);

    /// A document is nested too deep: an input, or one embedded in a string.
    #[wasm_bindgen(method, js_name = tooDeep)]
    pub(crate) fn too_deep(this: &Host, message: &str, input: Option<&str>, pointer: &[u8]);

    /// A rule set cannot be compiled.
    #[wasm_bindgen(method, js_name = badRules)]
    pub(crate) fn bad_rules(this: &Host, message: &str, pattern: &str);

    /// Has a function of the rule set decide, by its number, for the innermost merge under way;
    /// `None` if it failed. The glue is given it: no reference to a `Host` outlives a call.
    pub(crate) fn resolve(
        function: usize,
        base: Option<&str>,
        theirs: &str,
        mine: &str,
    ) -> Option<String>;

    /// A function's answer was of no use.
    #[wasm_bindgen(method)]
    pub(crate) fn unresolved(this: &Host, message: &str);
}
