//! Plain JavaScript data as the core's JSON values: what a rule set is made of.
//!
//! It is read from the objects themselves, for a parser in the module would be read by JavaScript's
//! side of every page, which has one.

use session_merge::serde_json::{Map, Number, Value};
use wasm_bindgen::prelude::*;

/// Rules are nested by `root` alone; what is deeper was not written by hand.
const DEEPEST: usize = 32;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = Object, js_name = keys)]
    fn names(container: &JsValue) -> Vec<String>;

    #[wasm_bindgen(js_namespace = Reflect)]
    fn get(container: &JsValue, name: &str) -> JsValue;

    #[wasm_bindgen(js_namespace = Array, js_name = isArray)]
    fn is_array(value: &JsValue) -> bool;
}

/// The value of what `JSON.parse` returned; `None` where it is nested too deep.
pub(crate) fn value(js: &JsValue, depth: usize) -> Option<Value> {
    if depth > DEEPEST {
        return None;
    }
    if let Some(text) = js.as_string() {
        return Some(Value::String(text));
    }
    if let Some(double) = js.as_f64() {
        return Some(number(double));
    }
    if let Some(boolean) = js.as_bool() {
        return Some(Value::Bool(boolean));
    }
    if js.is_null() {
        return Some(Value::Null);
    }
    let names = names(js);
    let member = |name: &str| value(&get(js, name), depth + 1);
    if is_array(js) {
        let mut elements = Vec::new();
        for index in &names {
            elements.push(member(index)?);
        }
        return Some(Value::Array(elements));
    }
    let mut members = Map::new();
    for name in names {
        let member = member(&name)?;
        members.insert(name, member);
    }
    Some(Value::Object(members))
}

/// A number as JSON has it: JavaScript prints an integral double without a fraction.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::float_cmp,
    reason = "what the conversion does not keep is told apart"
)]
fn number(double: f64) -> Value {
    let integer = double as i64;
    if integer as f64 == double && double.abs() < 1e18 {
        return Value::Number(integer.into());
    }
    Number::from_f64(double).map_or(Value::Null, Value::Number)
}
