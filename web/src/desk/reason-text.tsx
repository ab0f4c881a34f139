/** Why something was done: a code of the team, and words; nothing without both. */
export function ReasonText({ code, text }: { code: string | null; text: string | null }) {
  if (code === null && text === null) return null;
  return (
    <p>
      {code !== null && <code>{code}</code>} <span dir="auto">{text}</span>
    </p>
  );
}
