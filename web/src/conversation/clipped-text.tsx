import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { strings } from '../strings.ts';

/**
 * A text of a sender: isolated, so that its direction does not reach what is around it, and clipped, so that neither its
 * length nor stacked marks cover anything.
 */
export function ClippedText({ text }: { text: string }) {
  const paragraph = useRef<HTMLParagraphElement>(null);
  const [isLong, setLong] = useState(false);
  const [isOpen, setOpen] = useState(false);
  useLayoutEffect(() => {
    const element = paragraph.current;
    if (element === null) return;
    const measure = () => {
      if (!isOpen) setLong(element.scrollHeight > element.clientHeight + 1);
    };
    // Before it is painted: the list is scrolled by its height.
    measure();
    // Another width breaks other lines.
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [text, isOpen]);
  return (
    <>
      <p ref={paragraph} class={`message-text ${isOpen ? '' : 'message-text-clipped'}`} dir="auto">
        {text}
      </p>
      {isLong && (
        <button
          type="button"
          class="text-button"
          aria-expanded={isOpen}
          onClick={() => setOpen(!isOpen)}
        >
          {isOpen ? strings.conversation.less : strings.conversation.more}
        </button>
      )}
    </>
  );
}
