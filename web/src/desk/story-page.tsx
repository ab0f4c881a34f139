import { leave } from '../address.ts';
import { IconButton } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { Story } from './story.tsx';

const texts = strings.desk.story;

/** The story of one attachment, at an address of its own: for an appeal, and where it was deleted. */
export function StoryPage({ sid }: { sid: string }) {
  return (
    <main id="content" class="story-page" tabIndex={-1}>
      <div class="story-head">
        <IconButton
          icon="chevronLeft"
          label={strings.desk.back}
          onClick={() => leave({ page: 'desk', filter: {} })}
        />
        <h1>{texts.title}</h1>
      </div>
      <p class="story-of">
        <PageLink to={{ page: 'grid', filter: {}, sid }}>{texts.of(sid)}</PageLink>
      </p>
      <Story sid={sid} />
    </main>
  );
}
