/** What happens when something in a message or a view is pressed: the context that the blocks are rendered with. */

import { api } from "./api.js";
import { attempt } from "./notify.js";
import { state } from "./state.js";

/**
 * Build the context for one message or view.
 *
 * @param {Object} place Where the blocks stand, as the server wants it: `{channel, ts}` or `{view_id}`.
 * @param {{copy?: boolean, values?: Object}} options *copy* puts copy buttons on code; *values* are entries that
 *   were made before and survive a new rendering.
 * @returns {Object} See blocks.js; `values` has the shape of Slack's `view.state.values`.
 */
export function contextFor(place, options = {}) {
  const values = options.values ?? {};
  const keep = (block, element, value) => {
    values[block.block_id] = { ...values[block.block_id], [element.action_id]: value };
  };
  const stateful = (element) => !["button", "overflow", "feedback_buttons", "icon_button"].includes(element.type);
  return {
    copy: options.copy ?? false,
    values,
    value: (block, element) => values[block.block_id]?.[element.action_id],
    preset: keep,
    async changed(block, element, value) {
      if (stateful(element)) keep(block, element, value);
      if (block.type === "input" && !block.dispatch_action) return;
      const { type: _, ...chosen } = value;
      // The server reads `value` or `selected_option`; for every other kind, what was chosen is the value.
      const [first] = Object.values(chosen);
      await attempt(() => api.press({
        user: state.user,
        ...place,
        block_id: block.block_id,
        action_id: element.action_id,
        value: chosen.selected_option ? undefined : first,
        ...chosen,
      }));
    },
  };
}
