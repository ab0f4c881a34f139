import { address } from '../address.ts';
import { isModerator } from '../session/session.ts';
import { strings } from '../strings.ts';
import { writeQueueFilter } from './queue-filter.ts';
import { QueueList } from './queue-list.tsx';
import { StoryPage } from './story-page.tsx';
import { WorkView } from './work-view.tsx';

/** The moderators' desk: the queues, the one that is worked off, the story of an attachment. */
export function Desk() {
  const { queue, story } = address.value;
  if (!isModerator.value) {
    return (
      <main id="content" class="queue-list" tabIndex={-1}>
        <h1>{strings.desk.title}</h1>
        <p>{strings.desk.forModerators}</p>
      </main>
    );
  }
  if (story !== undefined) return <StoryPage key={story} sid={story} />;
  if (queue === undefined) return <QueueList />;
  return <WorkView key={`${queue.name}?${writeQueueFilter(queue.filter)}`} {...queue} />;
}
