import type { ComponentChildren } from 'preact';

/** Paths of 24 × 24, drawn with lines. */
const PATHS = {
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.600-7 8-7s8 3 8 7',
  close: 'M6 6l12 12M18 6L6 18',
  search: 'M11 18a7 7 0 1 0 0-14 7 7 0 0 0 0 14zM16 16l5 5',
  filter: 'M3 6h18M7 12h10M10 18h4',
  chevronLeft: 'M15 5l-7 7 7 7',
  chevronRight: 'M9 5l7 7-7 7',
  chevronUp: 'M5 15l7-7 7 7',
  download: 'M12 4v12M6.500 11l5.500 5.500L17.500 11M4 20h16',
  link: 'M10 14a4 4 0 0 0 6 0l3-3a4.200 4.200 0 0 0-6-6l-1.500 1.500M14 10a4 4 0 0 0-6 0l-3 3a4.200 4.200 0 0 0 6 6l1.500-1.500',
  share: 'M12 15V3M7.500 7L12 3l4.500 4M5 12v7a2 2 0 0 0 2 2h10a2 2 0 0 0 2-2v-7',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 11v6M12 7.500v.1',
  trash: 'M4 7h16M9 7V4h6v3M6 7l1 13h10l1-13M10 11v6M14 11v6',
  hold: 'M2 12s3.500-7 10-7 10 7 10 7-3.500 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM4 20L20 4',
  approve: 'M5 13l4.500 4.500L19 7',
  eye: 'M2 12s3.500-7 10-7 10 7 10 7-3.500 7-10 7-10-7-10-7zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  play: 'M7 4.500v15l12-7.500z',
  sound: 'M4 9v6h4l5 4V5L8 9zM16.500 8.500a5 5 0 0 1 0 7M19 6a8.500 8.500 0 0 1 0 12',
  document: 'M6 3h8l5 5v13H6zM14 3v5h5M9 13h7M9 17h7',
  contact:
    'M12 12a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM5.500 19.500c.5-3 3-5 6.500-5s6 2 6.500 5M3 3h18v18H3z',
  calendar: 'M4 6h16v15H4zM4 10h16M8 3v5M16 3v5',
  message: 'M4 5h16v11H11l-5 4.500V16H4z',
  retry: 'M4 12a8 8 0 1 1 2.500 5.800M4 19v-5h5',
  warning: 'M12 4L2.500 20h19zM12 10v5M12 17.500v.1',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2',
  pin: 'M12 21s7-6.300 7-11a7 7 0 1 0-14 0c0 4.700 7 11 7 11zM12 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5z',
  check: 'M5 13l4.500 4.500L19 7',
  picture:
    'M3 5h18v14H3zM3 17l5.500-6 4.500 5 2.500-2.500L21 19M16 10a1.500 1.500 0 1 0 0-3 1.500 1.500 0 0 0 0 3z',
  desk: 'M3 14l3-9h12l3 9v6H3zM3 14h5.500l1 2.500h5l1-2.500H21',
  shield: 'M12 3l7.500 2.500V12c0 4.500-3.200 7.500-7.500 9-4.300-1.500-7.500-4.500-7.500-9V5.500z',
  flag: 'M5.500 21V4h12l-2.500 4 2.500 4h-12',
  escalate: 'M12 20V5M6 11l6-6 6 6',
  skip: 'M5 5l9 7-9 7zM18.500 5v14',
  undo: 'M8 5L4 9l4 4M4 9h10a5.500 5.500 0 0 1 0 11H9',
  block: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM5.700 5.700l12.600 12.600',
  layers:
    'M12 3.500l9 4.500-9 4.500L3 8zM3.500 12.200L12 16.500l8.500-4.300M3.500 16.200L12 20.500l8.500-4.300',
  more: 'M5 12h.1M12 12h.1M19 12h.1',
  keyboard: 'M2.500 6h19v12h-19zM6 10h.1M10 10h.1M14 10h.1M18 10h.1M7 14.500h10',
} as const;
export type IconName = keyof typeof PATHS;

/** Decoration: what it stands for is said by the text or the label beside it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={PATHS[name]} />
    </svg>
  );
}

/** A button that shows an icon alone. */
export function IconButton(props: {
  icon: IconName;
  label: string;
  onClick: () => void;
  disabled?: boolean;
  pressed?: boolean;
  children?: ComponentChildren;
}) {
  const { icon, label, onClick, disabled = false, pressed, children } = props;
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      disabled={disabled}
      onClick={onClick}
    >
      <Icon name={icon} />
      {children}
    </button>
  );
}
