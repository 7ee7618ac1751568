/** Short names of common emoji; a name that is not listed stays as it was written. */

const EMOJI = {
  white_check_mark: "✅", heavy_check_mark: "✔️", ballot_box_with_check: "☑️", x: "❌", warning: "⚠️",
  information_source: "ℹ️", question: "❓", grey_question: "❔", exclamation: "❗", bulb: "💡", memo: "📝",
  pencil: "📝", pencil2: "✏️", email: "📧", "e-mail": "📧", envelope: "✉️", envelope_with_arrow: "📩",
  incoming_envelope: "📨", inbox_tray: "📥", outbox_tray: "📤", mailbox: "📫", mailbox_with_mail: "📬",
  postbox: "📮", lock: "🔒", unlock: "🔓", closed_lock_with_key: "🔐", key: "🔑", shield: "🛡️", mag: "🔍",
  mag_right: "🔎", link: "🔗", paperclip: "📎", clipboard: "📋", page_facing_up: "📄", books: "📚", book: "📖",
  calendar: "📅", date: "📅", alarm_clock: "⏰", hourglass: "⌛", hourglass_flowing_sand: "⏳", stopwatch: "⏱️",
  wave: "👋", bow: "🙇", pray: "🙏", thumbsup: "👍", "+1": "👍", thumbsdown: "👎", "-1": "👎", ok_hand: "👌",
  raised_hands: "🙌", clap: "👏", tada: "🎉", sparkles: "✨", star: "⭐", fire: "🔥", rocket: "🚀", eyes: "👀",
  smile: "😄", slightly_smiling_face: "🙂", thinking_face: "🤔", sweat_smile: "😅", cry: "😢", robot_face: "🤖",
  gear: "⚙️", wrench: "🔧", hammer_and_wrench: "🛠️", computer: "💻", desktop_computer: "🖥️", iphone: "📱",
  calling: "📲", globe_with_meridians: "🌐", satellite: "🛰️", electric_plug: "🔌", house: "🏠", office: "🏢",
  bell: "🔔", no_bell: "🔕", mute: "🔇", speech_balloon: "💬", loudspeaker: "📢", mega: "📣", sos: "🆘",
  no_entry: "⛔", no_entry_sign: "🚫", stop_sign: "🛑", octagonal_sign: "🛑", rotating_light: "🚨",
  red_circle: "🔴", large_green_circle: "🟢", large_yellow_circle: "🟡", large_blue_circle: "🔵",
  white_circle: "⚪", arrow_right: "➡️", arrow_left: "⬅️", arrow_up: "⬆️", arrow_down: "⬇️",
  arrows_counterclockwise: "🔄", repeat: "🔁", heavy_plus_sign: "➕", heavy_minus_sign: "➖", jp: "🇯🇵", us: "🇺🇸",
  one: "1️⃣", two: "2️⃣", three: "3️⃣", four: "4️⃣", five: "5️⃣", wastebasket: "🗑️", hugging_face: "🤗",
};

/** The character for a short name, or undefined. */
export const emojiFor = (name) => (Object.hasOwn(EMOJI, name) ? EMOJI[name] : undefined);

/** Replace the `:names:` that are known, as plain_text with `emoji: true` does. */
export function replaceEmoji(text) {
  return String(text ?? "").replace(/:([a-z0-9_+-]+):/g, (whole, name) => emojiFor(name) ?? whole);
}
