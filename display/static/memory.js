/**
 * The last confirmed board, for a page that is opened again without a network: {board, confirmedAt, offset}.
 */
const KEY = "ihh-display-1";

export function remember(last) {
  try {
    localStorage.setItem(KEY, JSON.stringify(last));
  } catch {
    // Storage full or forbidden: the display then only lacks its last calls after a reload offline.
  }
}

export function recall() {
  try {
    return JSON.parse(localStorage.getItem(KEY));
  } catch {
    return null;
  }
}
