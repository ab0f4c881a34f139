import { Component } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { address, hrefOf } from '../address.ts';
import { onBack } from '../api/live-events.ts';
import { type ThumbnailSize, thumbnailUrl } from '../api/thumbnail-url.ts';
import type { MediaItem } from '../api/types.ts';
import { clockText } from '../frame/day-text.ts';
import { Icon } from '../frame/icons.tsx';
import type { ActKind } from '../moderation/acts.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { placeholderUrl } from './placeholder.ts';
import type { Box } from './rows.ts';
import { caption, describe, durationText, iconOf, kindOf, stateText } from './tile-text.ts';
import './tile.css';

/** Narrower tiles have smaller badges, in pixels. */
const NARROW = 100;

export interface TileProps {
  item: MediaItem;
  /** What is about to happen to it: it is shown as if it had. */
  act: ActKind | undefined;
  box: Box;
  /** Whether its place was laid out for another size. */
  isMisfit: boolean;
  /** How many attachments of its message are beside it; 1: nothing is said. */
  ofMessage: number;
  isSelected: boolean;
  /** Whether the Tab key leads to it. */
  isFocusable: boolean;
  /** Whether it has just arrived. */
  isNew: boolean;
  /** Whether it scrolls by, too fast to be looked at. */
  isPassing: boolean;
}

/**
 * One attachment of the grid. What is done with it is handled by the grid, which finds it by `data-sid`: there are some
 * hundred tiles. It is drawn again only when something of it changes.
 */
export class Tile extends Component<TileProps> {
  override shouldComponentUpdate(next: TileProps): boolean {
    const names = Object.keys(next) as (keyof TileProps)[];
    return names.some((name) => name !== 'box' && next[name] !== this.props[name])
      ? true
      : !isSame(next.box, this.props.box);
  }

  override render(props: TileProps) {
    const { box, isMisfit, ofMessage, isSelected, isFocusable, isNew, isPassing } = props;
    const item = afterAct(props.item, props.act);
    const { left, top, width, height } = box;
    const label = describe(item);
    const classes = [
      'tile-place',
      isSelected && 'is-selected',
      isNew && 'is-new',
      width < NARROW && 'is-narrow',
    ];
    return (
      <li
        class={classes.filter(Boolean).join(' ')}
        data-caption={caption(item)}
        style={{
          transform: `translate(${left}px, ${top}px)`,
          width: `${width}px`,
          height: `${height}px`,
        }}
      >
        <a
          class="tile"
          href={hrefOf({ ...address.value, sid: item.sid })}
          data-sid={item.sid}
          tabIndex={isFocusable ? 0 : -1}
          draggable={false}
        >
          <Picture
            key={`${item.state} ${props.item.moderation} ${item.preview?.thumbhash}`}
            item={item}
            // Not as it is about to be: the server decides what is sent.
            shown={props.item}
            width={width}
            label={label}
            isPassing={isPassing}
            isMisfit={isMisfit}
          />
          <Badges item={item} ofMessage={ofMessage} />
        </a>
        <button
          type="button"
          class="tile-check"
          data-check={item.sid}
          tabIndex={-1}
          aria-pressed={isSelected}
          aria-label={strings.grid.select(label)}
        />
        {item.state === 'failed' && isModerator.value && (
          <button
            type="button"
            class="tile-retry"
            data-retry={item.sid}
            tabIndex={isFocusable ? 0 : -1}
          >
            {strings.grid.tryAgain}
          </button>
        )}
      </li>
    );
  }
}

function afterAct(item: MediaItem, act: ActKind | undefined): MediaItem {
  if (act === undefined) return item;
  if (act === 'delete') return { ...item, state: 'deleted', reason: null };
  return {
    ...item,
    moderation: act === 'approve' ? 'visible' : act === 'hold' ? 'held' : 'quarantined',
  };
}

function isSame(a: Box, b: Box): boolean {
  return a.left === b.left && a.top === b.top && a.width === b.width && a.height === b.height;
}

function Picture(props: {
  item: MediaItem;
  shown: MediaItem;
  width: number;
  label: string;
  isPassing: boolean;
  isMisfit: boolean;
}) {
  const { item, shown, width, label, isPassing, isMisfit } = props;
  const [outcome, setOutcome] = useState<'waiting' | 'loaded' | 'failed'>('waiting');
  const image = useRef<HTMLImageElement>(null);
  const isAskedFor = useRef(false);
  isAskedFor.current ||= !isPassing;
  useLayoutEffect(() => {
    const element = image.current;
    // Out of the document, it would be loaded all the same, before those that are seen.
    return () => {
      element?.removeAttribute('srcset');
      element?.removeAttribute('src');
    };
  }, []);
  const { preview } = item;
  // Without the network, or a session, all of them fail.
  useEffect(() => {
    if (outcome === 'failed') return onBack(() => setOutcome('waiting'));
  }, [outcome]);
  if (item.state !== 'stored' || preview === null || outcome === 'failed') {
    return <Card item={item} label={label} />;
  }
  const { small, medium } = preview.sizes;
  const url = (size: ThumbnailSize) => thumbnailUrl(shown, size);
  // Strips are cut, so that the picture may be wider than its tile; the browser multiplies by its density.
  const sources =
    small && medium && medium.width > small.width
      ? {
          srcset: `${url('small')} ${small.width}w, ${url('medium')} ${medium.width}w`,
          sizes: `${width}px`,
        }
      : {};
  const placeholder = preview.thumbhash === null ? undefined : placeholderUrl(preview.thumbhash);
  const background = outcome === 'waiting' && placeholder ? `url(${placeholder})` : 'none';
  return (
    <img
      ref={image}
      class={`tile-picture tile-picture-${preview.kind} ${isMisfit ? 'tile-picture-whole' : ''}`}
      {...(isAskedFor.current && { ...sources, src: url('small') })}
      // Before it is asked for, the browser would draw a broken picture.
      alt={isAskedFor.current ? label : ''}
      decoding="async"
      draggable={false}
      style={{ backgroundImage: background }}
      onLoad={() => setOutcome('loaded')}
      onError={() => setOutcome('failed')}
    />
  );
}

/** In the place of a thumbnail. */
function Card({ item, label }: { item: MediaItem; label: string }) {
  const { state, reason, nextAttemptAt, fileName } = item;
  const { kinds, nextTry } = strings.grid;
  const icon = state === 'pending' ? 'clock' : state === 'failed' ? 'warning' : iconOf(item);
  return (
    <span class={`tile-card tile-card-${state}`} role="img" aria-label={label}>
      <Icon name={state === 'deleted' ? 'trash' : icon} />
      <span class="tile-card-title" dir="auto">
        {state === 'stored' ? (fileName ?? kinds[kindOf(item)]) : stateText(item)}
      </span>
      {reason !== null && <span class="tile-card-text">{reason}</span>}
      {state === 'pending' && nextAttemptAt !== null && (
        <span class="tile-card-text">{nextTry(clockText(nextAttemptAt))}</span>
      )}
    </span>
  );
}

/** What a picture does not say by itself; the label has it for those who do not see it. */
function Badges({ item, ofMessage }: { item: MediaItem; ofMessage: number }) {
  const kind = kindOf(item);
  const { durationSeconds, pages } = item.details ?? {};
  const isPlain = kind === 'picture' || item.state !== 'stored';
  if (isPlain && item.moderation === 'visible' && ofMessage === 1) return null;
  return (
    <span class="tile-badges" aria-hidden="true">
      {item.moderation !== 'visible' && (
        <span class="badge badge-caution">
          <Icon name="hold" />
          {strings.grid.moderation[item.moderation]}
        </span>
      )}
      {ofMessage > 1 && (
        <span class="badge">
          <Icon name="message" />
          {ofMessage}
        </span>
      )}
      {!isPlain && (
        <span class="badge">
          {kind === 'animation' ? strings.grid.kinds.animation : <Icon name={iconOf(item)} />}
          {durationSeconds !== undefined && kind !== 'animation' && durationText(durationSeconds)}
          {pages !== undefined && pages > 1 && pages}
        </span>
      )}
    </span>
  );
}
