import { useEffect, useState } from 'preact/hooks';
import { announce, notifyError } from '../frame/announcements.tsx';
import { Icon } from '../frame/icons.tsx';
import { strings } from '../strings.ts';

/** How long it says that it has copied. */
const SAID_MS = 2000;

/** Puts a text onto the clipboard, and says so. */
export function CopyButton({
  text,
  label,
  isWide = false,
}: {
  text: string;
  label: string;
  isWide?: boolean;
}) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = window.setTimeout(setCopied, SAID_MS, false);
    return () => window.clearTimeout(timer);
  }, [isCopied]);

  async function copy(): Promise<void> {
    try {
      await copyText(text);
      setCopied(true);
      announce(strings.viewer.copied);
    } catch (error) {
      notifyError(error);
    }
  }

  const shown = isCopied ? strings.viewer.copied : strings.viewer.copy;
  return (
    <button
      type="button"
      class={isWide ? 'primary-button' : 'text-button'}
      aria-label={label}
      onClick={() => void copy()}
    >
      {isCopied && <Icon name="check" />}
      {shown}
    </button>
  );
}

/** @throws Error where the browser does not allow it */
export async function copyText(text: string): Promise<void> {
  // Only where the page is secure: not by plain http on another name than localhost.
  if (navigator.clipboard !== undefined) return navigator.clipboard.writeText(text);
  const focused = document.activeElement;
  const field = Object.assign(document.createElement('textarea'), { value: text });
  // What is outside of a dialog cannot be selected.
  const dialogs = document.querySelectorAll('dialog[open]');
  (dialogs[dialogs.length - 1] ?? document.body).append(field);
  field.select();
  const isCopied = document.execCommand('copy');
  field.remove();
  if (focused instanceof HTMLElement) focused.focus();
  if (!isCopied) throw new Error(strings.viewer.notCopied);
}
