const list = document.getElementById("items");

/**
 * Shows an item as it is now: in the place where it was, else before all others. `act` is called with the item and what is
 * to be done with it. Title and text are set as text: nothing of an item is ever taken for HTML.
 */
export function putItem(item, act) {
  const element = document.createElement("li");
  element.id = `item-${item.id}`;
  element.className = item.readAt === undefined ? "unread" : "read";
  element.tabIndex = -1;
  const heading = textElement("h3", item.title ?? "Notification");
  heading.id = `title-${item.id}`;
  const button = (label, ...what) => buttonElement(label, heading.id, () => act(item, ...what));
  element.append(heading, textElement("p", item.text));
  if (item.action !== undefined) element.append(textElement("p", `You answered: ${labelOf(item)}`));
  else element.append(...(item.actions ?? []).map(({ key, label }) => button(label, "action", key)));
  if (item.readAt === undefined) element.append(button("Mark as read", "read"));
  element.append(button("Archive", "archive"));
  place(element);
}

export function removeItem(id) {
  const element = document.getElementById(`item-${id}`);
  if (element === null) return;
  // The focus stays where the reader was, not at the beginning of the page.
  const next = element.nextElementSibling ?? element.previousElementSibling ?? document.getElementById("inbox-heading");
  if (element.contains(document.activeElement)) next.focus();
  element.remove();
}

export function clearItems() {
  list.replaceChildren();
}

function place(element) {
  const before = document.getElementById(element.id);
  if (before === null) {
    list.prepend(element);
    return;
  }
  const hadFocus = before.contains(document.activeElement);
  before.replaceWith(element);
  if (hadFocus) element.focus();
}

function labelOf({ action, actions = [] }) {
  return actions.find(({ key }) => key === action.key)?.label ?? action.key;
}

function textElement(tag, text) {
  const element = document.createElement(tag);
  element.textContent = text;
  return element;
}

/** The heading says to a screen reader which item the button is of. */
function buttonElement(label, heading, onClick) {
  const element = textElement("button", label);
  element.type = "button";
  element.setAttribute("aria-describedby", heading);
  element.addEventListener("click", onClick);
  return element;
}
