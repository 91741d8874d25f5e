/** The examples to pick from. */

/**
 * @typedef {object} Example
 * @property {string} name
 * @property {string} about
 * @property {object} base
 * @property {object} theirs
 * @property {object} mine
 * @property {object} rules
 */

/** @type {Record<string, Example>} */
export const EXAMPLES = {
  cart: {
    name: "Cart",
    about:
      "Two tabs add to one cart at once. Items are matched by their sku, quantities are summed, " +
      "and the coupon that both typed in is a conflict.",
    base: {
      cart: { items: [{ sku: "pen", qty: 1 }], coupon: null },
    },
    theirs: {
      cart: {
        items: [
          { sku: "pen", qty: 2 },
          { sku: "ink", qty: 1 },
        ],
        coupon: "SPRING",
      },
    },
    mine: {
      cart: {
        items: [
          { sku: "pen", qty: 4 },
          { sku: "paper", qty: 1 },
        ],
        coupon: "WELCOME",
      },
    },
    rules: {
      "/cart/items": { merge: "keyed", key: "sku" },
      "/cart/items/*/qty": "counter",
      "/cart/coupon": "theirs",
    },
  },
  counter: {
    name: "Counter",
    about:
      "Both requests counted one page view from the same start. A counter adds up what each of " +
      "them did, and stops at its bounds; a list keeps what either appended.",
    base: { visits: 41, stock: 2, recent: ["/a", "/b"] },
    theirs: { visits: 42, stock: 1, recent: ["/a", "/b", "/c"] },
    mine: { visits: 42, stock: 0, recent: ["/a", "/b", "/d"] },
    rules: {
      "/visits": "counter",
      "/stock": { merge: "counter", min: 0 },
      "/recent": { merge: "append", limit: 3 },
    },
  },
  messages: {
    name: "Messages",
    about:
      "Django keeps flash messages as JSON inside a string, and deletes it when they are shown. " +
      "The message that the other request added meanwhile is kept, the shown one is gone.",
    base: { _messages: '[["__json_message",0,25,"Saved.",""]]' },
    theirs: {
      _messages: '[["__json_message",0,25,"Saved.",""],["__json_message",0,20,"One new mail.",""]]',
    },
    mine: { shown: true },
    rules: { "/_messages": { merge: "embedded", root: "append", delete: "empties" } },
  },
  logout: {
    name: "Logout",
    about:
      "The visitor logged out in another tab, while this request was refreshing the login. The " +
      "keys of a login are one group: all of them come from one side, so nobody is half logged in.",
    base: {
      _auth_user_id: "7",
      _auth_user_backend: "django.contrib.auth.backends.ModelBackend",
      _auth_user_hash: "old",
      theme: "light",
    },
    theirs: { theme: "light" },
    mine: {
      _auth_user_id: "7",
      _auth_user_backend: "django.contrib.auth.backends.ModelBackend",
      _auth_user_hash: "new",
      theme: "dark",
    },
    rules: {
      groups: [["/_auth_user_id", "/_auth_user_backend", "/_auth_user_hash"]],
      delete: "wins",
    },
  },
  refused: {
    name: "Refused",
    about:
      "Where no answer is right, the rules may say fail: the merge stops with the full report, " +
      "and nothing is stored. Change the rule of /limit to max, and it goes on.",
    base: { limit: 100, note: "draft", tags: ["new"] },
    theirs: { limit: 250, note: "checked", tags: ["new", "vip"] },
    mine: { limit: 180, note: "call back", tags: ["vip"] },
    rules: { "/limit": "fail", "/tags": "set", conflict: "mine" },
  },
};
