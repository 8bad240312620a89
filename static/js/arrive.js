// What needs setting up element by element: `arrive(selector, set)` runs `set` once for each such element, those on the
// page now and those a swap brings later.
const wanted = [];
const done = new WeakMap();

export function arrive(selector, set) {
  wanted.push([selector, set]);
}

export function settle(root) {
  for (const [selector, set] of wanted) {
    const found = [...root.querySelectorAll(selector)];
    if (root.matches?.(selector)) found.unshift(root);
    for (const element of found) {
      const sets = done.get(element) ?? new Set();
      if (sets.has(set)) continue;
      done.set(element, sets.add(set));
      set(element);
    }
  }
}
