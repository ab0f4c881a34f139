import type { ComponentChildren } from 'preact';
import { useId, useRef } from 'preact/hooks';
import { address } from '../address.ts';
import { connection } from '../api/live-events.ts';
import { caller, isAdmin, isModerator, signOut } from '../session/session.ts';
import { strings } from '../strings.ts';
import { notifyError } from './announcements.tsx';
import { Icon } from './icons.tsx';
import { isKeyHelpOpen } from './key-help.tsx';
import { PageLink } from './page-link.tsx';

/** The bar at the top: what the page is, its own part (search), the connection, the account. */
export function Header({ children }: { children?: ComponentChildren }) {
  return (
    <header class="header">
      {/* biome-ignore lint/a11y/useValidAnchor: it leads to a part of the page. */}
      <a class="skip" href="#content" onClick={skip}>
        {address.value.page === 'desk' ? strings.header.skipToContent : strings.header.skip}
      </a>
      <PageLink class="home" to={{ page: 'grid', filter: {} }}>
        {strings.title}
      </PageLink>
      {children}
      {isModerator.value && (
        <PageLink class="header-link" to={{ page: 'desk', filter: {} }}>
          <Icon name="desk" />
          <span>{strings.header.desk}</span>
        </PageLink>
      )}
      <ConnectionState />
      <AccountMenu />
    </header>
  );
}

/** As the browser does it, but for the address, which people copy. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('content')?.focus();
}

function ConnectionState() {
  const text = strings.connection[connection.value];
  return (
    <p class={`connection connection-${connection.value}`} role="status" title={text}>
      <span class="connection-text">{text}</span>
    </p>
  );
}

/** As a popover: the browser closes it by Escape or a click elsewhere, and gives the focus back. */
function AccountMenu() {
  const id = useId();
  const menu = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  /** First, so that a dialog gives the focus back to the button. */
  const choose = (act: () => void) => () => {
    menu.current?.hidePopover();
    opener.current?.focus();
    act();
  };
  const { name = '', role = 'viewer', signedInBy } = caller.value ?? {};
  return (
    <>
      <button
        ref={opener}
        type="button"
        class="icon-button"
        popovertarget={id}
        aria-label={strings.header.account}
        title={strings.header.account}
      >
        <Icon name="account" />
      </button>
      <div ref={menu} id={id} class="account-menu" popover="auto">
        <p>
          <span dir="auto">{strings.header.signedInAs(name)}</span>
          <small>{strings.header.roles[role]}</small>
        </p>
        {isModerator.value && (
          <PageLink
            class="account-desk"
            to={{ page: 'desk', filter: {} }}
            onFollow={() => menu.current?.hidePopover()}
          >
            {strings.header.desk}
          </PageLink>
        )}
        {isAdmin.value && (
          <PageLink
            to={{ page: 'desk', filter: {}, list: { name: 'operate', filter: {} } }}
            onFollow={() => menu.current?.hidePopover()}
          >
            {strings.operate.title}
          </PageLink>
        )}
        <button
          type="button"
          onClick={choose(() => {
            isKeyHelpOpen.value = true;
          })}
        >
          {strings.header.keys}
        </button>
        <a href="/docs">{strings.header.reference}</a>
        {signedInBy === 'session' && (
          <button
            type="button"
            onClick={choose(() => {
              void signOut().catch(notifyError);
            })}
          >
            {strings.header.signOut}
          </button>
        )}
      </div>
    </>
  );
}
