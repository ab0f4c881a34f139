import { leave } from '../address.ts';
import { IconButton } from '../frame/icons.tsx';
import { PageLink } from '../frame/page-link.tsx';
import { strings } from '../strings.ts';
import { DecideOtherwise } from './decide-otherwise.tsx';
import { Story, useStory } from './story.tsx';

const texts = strings.desk.story;

/** The story of one attachment, at an address of its own: for an appeal, and where it was deleted. */
export function StoryPage({ sid }: { sid: string }) {
  const read = useStory(sid);
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
      {read.story?.state === 'stored' && <DecideOtherwise sid={sid} />}
      <Story {...read} />
    </main>
  );
}
