// Made from docs/openapi.json by `npm run openapi`: do not edit.

export interface paths {
    "/api/v1/media": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and filter attachments
         * @description Newest or oldest message first, the attachments of a message in their order. All filters that are given must match: `from` and `to` exactly, `receivedAfter` at or after, `receivedBefore` before a time, `contentType` a type or its beginning, such as `image/`, `transcript` every one of its words.
         *
         *     Without `state`, everything but deleted attachments. Only moderators may filter by `held` and `quarantined`; without `moderation` they see all three, viewers `visible`.
         *
         *     Role: viewer.
         */
        get: operations["listMedia"];
        put?: never;
        /**
         * Import files as one message
         * @description Answers when everything is committed; previews follow. Nothing is kept of an upload that is refused.
         *
         *     Role: moderator.
         */
        post: operations["importMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one attachment
         * @description Role: viewer.
         */
        get: operations["showMedia"];
        put?: never;
        post?: never;
        /**
         * Delete an attachment, here and at Twilio
         * @description Answers when the bytes and previews of everything in the scope are deleted here, unless another attachment has the same bytes. After that nothing shows it any more.
         *
         *     The scope is what it is at the time of the request, media that are still being fetched included. `media_deleted`: nothing is left in it. `unavailable` with `Location`: files could not be removed; they are not served any more, and the removal is retried.
         *
         *     Role: moderator.
         */
        delete: operations["deleteMedia"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/content": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the bytes of an attachment
         * @description With a key or a signed link. 404 with `Retry-After` while it is still being fetched. Types that a browser shows safely are `inline`; all others are downloads, unknown ones as `application/octet-stream`.
         *
         *     With `metadata=strip`, 409 `metadata_not_removable` for types whose metadata cannot be removed, and for damaged files; `detail` says what can be requested instead.
         *
         *     Role: viewer; or a signed link, which needs no key.
         */
        get: operations["readContent"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/thumbnail": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read a thumbnail
         * @description Role: viewer; or a signed link, which needs no key.
         */
        get: operations["readThumbnail"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/poster": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the large thumbnail, for `<video poster>`
         * @description Role: viewer; or a signed link, which needs no key.
         */
        get: operations["readPoster"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign links that need no key
         * @description Everybody who has such a URL sees the attachment, until it expires. Links that strip metadata have no `content` for types whose metadata cannot be removed.
         *
         *     Role: viewer.
         */
        post: operations["createLinks"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/reveal": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Sign links that show an attachment while it is held back
         * @description For five minutes, of the bytes as they came, with metadata, and recorded in the audit log. It counts for all attachments with the same bytes: asked again in that time, links for the rest of it are answered.
         *
         *     Role: moderator.
         */
        post: operations["revealMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List messages with their attachments
         * @description Newest or oldest first, those without attachments, too.
         *
         *     Role: viewer.
         */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{sid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show one message
         * @description Role: viewer.
         */
        get: operations["showMessage"];
        put?: never;
        post?: never;
        /**
         * Delete a message and its attachments, here and at Twilio
         * @description Role: moderator.
         */
        delete: operations["deleteMessage"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/buckets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count attachments by day or month
         * @description With the filters of the list of attachments but `transcript`, and counting what that lists. Days and months without any are left out. `from` and `to` are the bounds in the time zone: days of 23 and 25 hours have these.
         *
         *     Counts are exact. A page may have fewer buckets than `limit` although more follow: it ends early once some hundred thousand attachments were counted for it.
         *
         *     Role: viewer.
         */
        get: operations["listMediaBuckets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/page-starts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List where the pages of the list of attachments begin
         * @description One item for each page of `every` attachments but the first, which needs no cursor: with it any page can be read without those before it. Takes the filters of the list but `transcript`, and `order`; the list has to be asked with the same ones, and `limit` as `every`.
         *
         *     A page may have fewer items than `limit` although more follow: it ends early once some hundred thousand attachments were read for it.
         *
         *     Role: viewer.
         */
        get: operations["listMediaPageStarts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/similar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Find stored attachments that look like another one
         * @description As `POST /api/v1/media/similar` does, without itself, by the hashes that are stored of it: nothing of it is shown, so that this is possible before an attachment that is held back is revealed. `decision` of each says how it was decided, for moderators. Videos and animations are compared by the frame that their preview shows.
         *
         *     Role: viewer.
         */
        get: operations["findSimilarToMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/similar": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Find stored attachments that look like a picture
         * @description The nearest first, as far as the caller may see them: the same bytes, and pictures whose PDQ hashes are within a distance, such as smaller or recompressed copies. Turned and mirrored ones are not found. Nothing is kept of the picture.
         *
         *     Role: viewer.
         */
        post: operations["findSimilarMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/rendition": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read an attachment in a form that every browser opens
         * @description `picture`: full size, upright, sRGB or Display P3, without metadata; JPEG, or WebP with transparency or animation; also pages of a PDF. `audio`: AAC in MP4. `video`: H.264 and AAC in MP4, at most 1080p. `text`: UTF-8, or iCalendar. Sound and video that browsers play are answered with the original bytes; with `metadata=strip` with those of `content?metadata=strip`. All others have no metadata.
         *
         *     It is made when it is requested first: 202 until then. 404 `no_rendition` with the reason when there is none, as beyond page 50. HEAD has none made.
         *
         *     Role: viewer; or a signed link, which needs no key.
         */
        get: operations["readRendition"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch a failed attachment again
         * @description Attachments are retried automatically for about a day; after that each request is a single try. `conflict`: it has not failed, or came without a URL.
         *
         *     Role: moderator.
         */
        post: operations["retryMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Fetch all failed attachments again
         * @description Those that came with a URL.
         *
         *     Role: moderator.
         */
        post: operations["retryFailedMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/transcribe": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Transcribe a sound anew
         * @description New sounds are transcribed automatically; this is for one that has failed, or for another model. The transcript that it had is gone. `conflict`: there is no transcription server, or it is not a sound.
         *
         *     Role: moderator.
         */
        post: operations["transcribeMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve, hold or quarantine an attachment
         * @description `expected` is the state that the moderator saw: if it has changed meanwhile, and is not the requested one, nothing changes (`decided_meanwhile`).
         *
         *     Role: moderator.
         */
        post: operations["decideMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/scan": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Have the classifier look at an attachment again
         * @description Role: moderator.
         */
        post: operations["scanMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/pin": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        /**
         * Exempt an attachment from retention
         * @description Role: moderator.
         */
        put: operations["pinMedia"];
        post?: never;
        /**
         * Apply retention to an attachment again
         * @description Role: moderator.
         */
        delete: operations["unpinMedia"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/messages/{sid}/decision": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Approve, hold or quarantine a message's text
         * @description Its media do not change. `expected` is the state that the moderator saw: if it has changed meanwhile, and is not the requested one, nothing changes (`decided_meanwhile`).
         *
         *     Role: moderator.
         */
        post: operations["decideMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reports of an attachment
         * @description Newest first.
         *
         *     Role: moderator.
         */
        get: operations["listMediaReports"];
        put?: never;
        /**
         * Report an attachment to the moderators
         * @description Everybody may report what they may see. There is one open report of each caller: a repeated one changes nothing, and answers 200 with the first.
         *
         *     Role: viewer.
         */
        post: operations["reportMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List reports
         * @description Newest first. The queue `reported` has their attachments, oldest first.
         *
         *     Role: moderator.
         */
        get: operations["listReports"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reports/{id}/dismiss": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Dismiss a report
         * @description Without a decision about the attachment. A decision resolves all of its reports, also when it changes nothing.
         *
         *     Role: moderator.
         */
        post: operations["dismissReport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/story": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show what happened to an attachment
         * @description Its arrival, fetch, verdict, decisions of people and rules, proposals, reveals, reports, notes, blocks that came of it and deletions, in order of time; also of one that was deleted.
         *
         *     Role: moderator.
         */
        get: operations["showStory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reason-codes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the reason codes
         * @description In the order of the codes.
         *
         *     Role: moderator.
         */
        get: operations["listReasonCodes"];
        put?: never;
        /**
         * Add a reason code
         * @description With the first one, decisions with any other code are refused.
         *
         *     Role: admin.
         */
        post: operations["createReasonCode"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reason-codes/{code}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove a reason code
         * @description Earlier decisions keep it; new ones with it are refused, unless it was the last of the list.
         *
         *     Role: admin.
         */
        delete: operations["deleteReasonCode"];
        options?: never;
        head?: never;
        /**
         * Change a reason code
         * @description Fields that are not given stay as they are.
         *
         *     Role: admin.
         */
        patch: operations["updateReasonCode"];
        trace?: never;
    };
    "/api/v1/notes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the notes about an attachment, a message or a sender
         * @description Of exactly one of the three. Oldest first.
         *
         *     Role: moderator.
         */
        get: operations["listNotes"];
        put?: never;
        /**
         * Write a note for other moderators
         * @description About exactly one of the three. It is deleted with the attachment or message, and by the erasure of the sender.
         *
         *     Role: moderator.
         */
        post: operations["writeNote"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/notes/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Delete a note
         * @description By its author, or by an admin.
         *
         *     Role: moderator.
         */
        delete: operations["deleteNote"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the queues
         * @description `held`: stored and held. `quarantined`: by a rule or the classifier, and not confirmed. `reported`: with an open report. `failed`: whose fetch was given up. `escalated`: somebody else should decide; these are in no other queue.
         *
         *     Role: moderator.
         */
        get: operations["listQueues"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/queues/{name}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attachments in a queue
         * @description What waits longest comes first.
         *
         *     Role: moderator.
         */
        get: operations["listQueueItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims/next": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take the next attachment of a queue
         * @description The one that waits longest of those that nobody has, and that the caller has not skipped within ten minutes or escalated. It replaces the claim of the same queue that the caller has in this session.
         *
         *     Role: moderator.
         */
        post: operations["claimNext"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List who works on what
         * @description The active ones, oldest first.
         *
         *     Role: moderator.
         */
        get: operations["listClaims"];
        put?: never;
        /**
         * Take an attachment of a queue
         * @description Also one that the caller has skipped. `conflict`: somebody has it, or it is not in the queue.
         *
         *     Role: moderator.
         */
        post: operations["claimOne"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show a claim
         * @description For some days after its end, too: with what has ended it.
         *
         *     Role: moderator.
         */
        get: operations["showClaim"];
        put?: never;
        post?: never;
        /**
         * Release a claim
         * @description The attachment is offered again. Admins may release those of others.
         *
         *     Role: moderator.
         */
        delete: operations["releaseClaim"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims/{id}/extend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Extend a claim
         * @description From now on it lasts as long as a new one. `conflict` says what has ended it.
         *
         *     Role: moderator.
         */
        post: operations["extendClaim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/claims/{id}/escalate": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Let somebody else decide
         * @description The attachment moves to the queue `escalated`, and is offered only to others. A decision ends that.
         *
         *     Role: moderator.
         */
        post: operations["escalateClaim"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show figures of the moderators’ work
         * @description Up to some seconds old, longer where counting takes longer.
         *
         *     Role: moderator.
         */
        get: operations["showFigures"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/acts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List acts
         * @description Newest first: those of the caller, for admins all. They are removed 30 days after they have ended.
         *
         *     Role: moderator.
         */
        get: operations["listActs"];
        put?: never;
        /**
         * Decide about an attachment, delete it, or block by it, so that it can be taken back
         * @description The server does it after `delaySeconds`, unless it is cancelled before: also when the client is gone by then. Until that moment nothing changes. 409 `conflict` with `Location` when another act on the attachment waits; a block and a decision may both wait.
         *
         *     Role: moderator.
         */
        post: operations["createAct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/acts/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the outcome of an act
         * @description Role: moderator.
         */
        get: operations["showAct"];
        put?: never;
        post?: never;
        /**
         * Take an act back
         * @description Its maker and admins can, until it goes out. Cancelled again, it is a 204 again; 409 once it is done or has failed.
         *
         *     Role: moderator.
         */
        delete: operations["cancelAct"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List bulk acts
         * @description Newest first. They are removed 30 days after they have ended.
         *
         *     Role: moderator.
         */
        get: operations["listBulkActs"];
        put?: never;
        /**
         * Decide about many attachments, delete or scan them
         * @description On a selection of `sids`, on a `filter` with the fields of the list, or on a `queue`. The selection is fixed at the time of the request. What somebody else works on is left alone. `scan` needs a classifier.
         *
         *     Role: moderator.
         */
        post: operations["beginBulkAct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the progress of a bulk act
         * @description Role: moderator.
         */
        get: operations["showBulkAct"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk/{id}/items": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attachments of a bulk act, with the outcome of each
         * @description In the order of their sids.
         *
         *     Role: moderator.
         */
        get: operations["listBulkItems"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a bulk act
         * @description Its maker and admins can. Skips what is still to be processed, except a delete in progress; completed work stays.
         *
         *     Role: moderator.
         */
        post: operations["cancelBulkAct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/bulk/{id}/undo": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Undo a bulk decision
         * @description Puts back what stood before it, of all that it has changed and nobody has decided about since. The undo is a bulk act of its own, which shows its progress and may be cancelled; what it leaves can be undone again. A delete or a scan cannot be undone.
         *
         *     Role: moderator.
         */
        post: operations["undoBulkAct"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List deletions
         * @description Newest first.
         *
         *     Role: moderator.
         */
        get: operations["listDeletions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the progress of a deletion
         * @description Role: moderator.
         */
        get: operations["showDeletion"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions/{id}/targets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the attachments and messages of a deletion
         * @description All of them, done or not, in the order of their sids.
         *
         *     Role: moderator.
         */
        get: operations["listDeletionTargets"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deletions/{id}/retry": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Retry now what is left of a deletion
         * @description Role: moderator.
         */
        post: operations["retryDeletion"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocklist": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List and search the blocklist
         * @description Newest first, without removed entries.
         *
         *     Role: moderator.
         */
        get: operations["listBlocklist"];
        put?: never;
        /**
         * Block a picture, or a list of hashes
         * @description A list has one hash per line, `sha256:` or `pdq:` and 64 hexadecimal digits; blank lines and those that begin with `#` are skipped. If the upload of a list stops half way, what was added stays, and the same list can be sent again.
         *
         *     Role: admin.
         */
        post: operations["uploadBlocklist"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocklist/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Remove an entry from the blocklist
         * @description Media that it matched stay as they are; new ones are not blocked.
         *
         *     Role: admin.
         */
        delete: operations["removeBlocklistEntry"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/media/{sid}/block": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Block what an attachment shows
         * @description Its bytes and, for a picture with enough detail, similar pictures.
         *
         *     Role: moderator.
         */
        post: operations["blockMedia"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/blocklist/{id}/caught": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what an entry of the blocklist has caught
         * @description The last one first: attachments that were quarantined or deleted because of this entry, also those that were approved since, and also of an entry that was removed. With several matches it is the entry that has decided.
         *
         *     Role: moderator.
         */
        get: operations["listCaughtMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/senders": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List senders about whom a decision was made
         * @description In the order of their ids.
         *
         *     Role: moderator.
         */
        get: operations["listSenders"];
        /**
         * Decide how future messages of a sender are handled
         * @description Fields that are not given do not change. A number and its addresses on channels are one sender.
         *
         *     Role: moderator.
         */
        put: operations["updateSender"];
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/senders/strikes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Count what was decided against a sender
         * @description By reason code, of those with `onThird`: what counts at present. The third one has the consequence.
         *
         *     Role: moderator.
         */
        get: operations["listStrikes"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/senders/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Export everything of a sender
         * @description A zip with the bytes of all stored media as `media/<sid>`, and `manifest.json` with the messages.
         *
         *     Role: admin.
         */
        post: operations["exportSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/senders/erasures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Erase everything of a sender, here and at Twilio
         * @description A block of the sender stays in effect, by the hash of the address alone.
         *
         *     Role: admin.
         */
        post: operations["eraseSender"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/senders/erasures/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the progress of an erasure
         * @description Role: admin.
         */
        get: operations["showErasure"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List endpoints
         * @description Oldest first.
         *
         *     Role: admin.
         */
        get: operations["listEndpoints"];
        put?: never;
        /**
         * Create an endpoint
         * @description Its secret is shown only here.
         *
         *     Role: admin.
         */
        post: operations["createEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show an endpoint
         * @description Role: admin.
         */
        get: operations["showEndpoint"];
        put?: never;
        post?: never;
        /**
         * Delete an endpoint and its deliveries
         * @description Role: admin.
         */
        delete: operations["deleteEndpoint"];
        options?: never;
        head?: never;
        /**
         * Change, pause or resume an endpoint
         * @description Role: admin.
         */
        patch: operations["changeEndpoint"];
        trace?: never;
    };
    "/api/v1/endpoints/{id}/rotate-secret": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Make a new secret
         * @description For a day events are signed with both secrets.
         *
         *     Role: admin.
         */
        post: operations["rotateSecret"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{id}/deliveries": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what was sent to an endpoint
         * @description The newest event first.
         *
         *     Role: admin.
         */
        get: operations["listDeliveries"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/deliveries/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send an event again
         * @description With a full retry schedule, whatever its state is; not while its endpoint is paused.
         *
         *     Role: admin.
         */
        post: operations["resendDelivery"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{id}/resend": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send the events of a range of time to an endpoint again
         * @description Those that it was sent, as it may have lost them: with their ids, in their order, with a full retry schedule. What is pending is sent anyway, and test events are left out. At most 10,000 at once: count first, with `dryRun`.
         *
         *     Role: admin.
         */
        post: operations["resendRange"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/endpoints/{id}/test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Send a test event to an endpoint
         * @description An event of the type `endpoint.test`, whatever the types that the endpoint wants: signed, sent and repeated as all others; not while the endpoint is paused.
         *
         *     Role: admin.
         */
        post: operations["testEndpoint"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Follow events as a stream
         * @description Server-Sent Events: all webhooks for moderators; for viewers `media.stored`, `media.failed`, `media.visible`, `media.removed`, `message.visible` and `message.removed`, of what they may see. An event of the type `reset` says that the events after the requested position are no longer known.
         *
         *     Role: viewer; or a ticket, which needs no key.
         */
        get: operations["followEvents"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/events/tickets": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a URL that opens one stream without a key
         * @description Within a minute, with the rights of the key that creates it. Pages of this server need none: a session, or a user of the sign-in proxy, opens the stream itself.
         *
         *     Role: viewer.
         */
        post: operations["createTicket"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List exports
         * @description Newest first: those of the caller, for admins all.
         *
         *     Role: viewer.
         */
        get: operations["listExports"];
        put?: never;
        /**
         * Export a selection of attachments as a zip
         * @description A selection of `sids`, or a `filter` with the fields of the list; at most 10,000 attachments and 64 GiB. With `reveal` the audit log has a `media.reveal` for each that is held back and in the zip. The selection is fixed at the time of the request. A job checks the files; then the zip can be downloaded until the export expires. One more than 20 of the caller removes the oldest; 409 while 20 are being made.
         *
         *     Role: viewer.
         */
        post: operations["createExport"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the progress of an export
         * @description Only its maker and admins see it.
         *
         *     Role: viewer.
         */
        get: operations["showExport"];
        put?: never;
        post?: never;
        /**
         * Cancel or delete an export
         * @description Ends its job, and its downloads before their next file.
         *
         *     Role: viewer.
         */
        delete: operations["deleteExport"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/exports/{id}/archive": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Download the zip of an export
         * @description Written while it is sent, from what is stored then: `manifest.json` with the attachments and the reason for each that is left out, then the files, uncompressed. When one of them is deleted or held back meanwhile, or cannot be read, the connection is cut: the next download does not contain it. 409 while it is not `ready`, 403 for one of a moderator who is none any more, 404 once it has expired, 503 with more than four downloads of a key, or sixteen of all, at once.
         *
         *     Role: viewer.
         */
        get: operations["downloadExport"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/backup": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Back up an embedded installation
         * @description A tar archive with the database and all files on the disk as of one moment, written while it is sent. `npm run cli -- backup` saves and checks it, `npm run cli -- restore` restores it. It contains personal data, the hashes of keys and the secrets of links and endpoints. The answer begins after the snapshot, which may take seconds.
         *
         *     Role: admin.
         */
        post: operations["createBackup"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/previews/rebuild": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show how many previews are still to be rebuilt
         * @description Role: moderator.
         */
        get: operations["showRebuild"];
        put?: never;
        /**
         * Rebuild previews
         * @description The old ones are shown until then.
         *
         *     Role: moderator.
         */
        post: operations["rebuildPreviews"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List reconciliations
         * @description Newest first.
         *
         *     Role: admin.
         */
        get: operations["listReconciliations"];
        put?: never;
        /**
         * Take in messages with media that did not arrive
         * @description Role: admin.
         */
        post: operations["createReconciliation"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/sweeps": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the last sweep of each account
         * @description Of those accounts that are configured. A sweep runs by itself every `RECONCILE_INTERVAL_MINUTES`.
         *
         *     Role: admin.
         */
        get: operations["listSweeps"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/reconciliations/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the progress of a reconciliation
         * @description Role: admin.
         */
        get: operations["showReconciliation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verifications": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List verifications
         * @description Newest first.
         *
         *     Role: admin.
         */
        get: operations["listVerifications"];
        put?: never;
        /**
         * Verify that every stored file is whole
         * @description One that is running is continued with the new `repair` and rate. So is the last one with `repair`, when it has ended without and has found something: nothing is read again.
         *
         *     Role: admin.
         */
        post: operations["createVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verifications/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the progress of a verification
         * @description Role: admin.
         */
        get: operations["showVerification"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verifications/{id}/cancel": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Cancel a verification
         * @description What it has found stays. The files that are being read at that moment are read to their end.
         *
         *     Role: admin.
         */
        post: operations["cancelVerification"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/verifications/{id}/findings": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List what a verification has found
         * @description In the order of finding. Of files that could not be read the first 1,000.
         *
         *     Role: admin.
         */
        get: operations["listFindings"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List API keys
         * @description Oldest first, revoked ones, too.
         *
         *     Role: admin.
         */
        get: operations["listKeys"];
        put?: never;
        /**
         * Create an API key
         * @description Its secret is shown only here, and stored as a hash. `numbers` and `queues` sort the work of moderators: they are no limit to what can be read.
         *
         *     Role: admin.
         */
        post: operations["createKey"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/keys/{name}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * Revoke an API key
         * @description At once and permanently. Its name stays taken.
         *
         *     Role: admin.
         */
        delete: operations["revokeKey"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show the session of the cookie */
        get: operations["showSession"];
        put?: never;
        /**
         * Sign in with a key, in a browser
         * @description The cookie that is set counts as the key until the session ends. It is for pages of this server: with it, everything but GET and HEAD needs `Sec-Fetch-Site: same-origin` or the `Origin` of this server, which browsers send. A session that the request has already ends.
         */
        post: operations["createSession"];
        /**
         * Sign out
         * @description Also removes the cookie of a session that has ended already.
         */
        delete: operations["endSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/session/links": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a link that signs in once
         * @description Within ten minutes, with the rights of the key that creates it. A session cannot create one: it would live on in another one.
         *
         *     Role: admin.
         */
        post: operations["createSignInLink"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List sessions
         * @description Oldest first, without those that have ended. Those of an `ADMIN_API_KEY` that was replaced let nobody in, and are listed until they expire.
         *
         *     Role: admin.
         */
        get: operations["listSessions"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/sessions/{id}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        post?: never;
        /**
         * End a session of somebody
         * @description At once.
         *
         *     Role: admin.
         */
        delete: operations["revokeSession"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/whoami": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show who is signed in, and what the server can do
         * @description Role: viewer.
         */
        get: operations["whoami"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List entries of the audit log
         * @description Newest first.
         *
         *     Role: moderator.
         */
        get: operations["listAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/audit/export": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Export the audit log
         * @description All matching entries, oldest first. The export itself is recorded in the log.
         *
         *     Role: admin.
         */
        get: operations["exportAudit"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/twilio/incoming": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Receive a message whose parameters are in the URL
         * @description Use `POST`: request line and headers together may have 16 KiB.
         */
        get: operations["receiveMessageByGet"];
        put?: never;
        /**
         * Receive a message (Twilio calls this)
         * @description `application/x-www-form-urlencoded`, or JSON with `bodySHA256` in the URL; at most 64 KiB and 250 parameters. [The parameters](https://www.twilio.com/docs/messaging/guides/webhook-request).
         */
        post: operations["receiveMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/refused-webhooks": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * List the webhooks that were refused last
         * @description Repeats are counted: one entry for each hour, receiver, cause and advice, what was refused last first. Kept for a week; up to some seconds late. Nothing of the requests themselves is kept.
         *
         *     Role: admin.
         */
        get: operations["listRefusedWebhooks"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2010-04-01/Accounts/{AccountSid}/Messages.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List inbound messages as Twilio does */
        get: operations["listTwilioMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2010-04-01/Accounts/{AccountSid}/Messages/{Sid}.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one message as Twilio does */
        get: operations["showTwilioMessage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** List the media of a message as Twilio does */
        get: operations["listTwilioMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Show one attachment as Twilio does */
        get: operations["showTwilioMedia"];
        put?: never;
        post?: never;
        /**
         * Delete an attachment, here and at Twilio
         * @description With Twilio's credentials, or a key with the role moderator.
         */
        delete: operations["deleteTwilioMedia"];
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/2010-04-01/Accounts/{AccountSid}/Messages/{MessageSid}/Media/{Sid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Read the bytes of an attachment, as at Twilio
         * @description With `PUBLIC_MEDIA_URLS=true` it needs no credentials.
         */
        get: operations["readTwilioMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/healthz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** Whether the process answers */
        get: operations["health"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process can work
         * @description Everybody sees the status. The rest is for operators. For operators: `OPS_TOKEN` as a bearer token, the key or session of an admin, or, unless `TRUST_PROXY` or a public `PUBLIC_URL` is set, a connection from the same machine.
         */
        get: operations["readiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Metrics for Prometheus
         * @description For operators: `OPS_TOKEN` as a bearer token, the key or session of an admin, or, unless `TRUST_PROXY` or a public `PUBLIC_URL` is set, a connection from the same machine.
         */
        get: operations["metrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/health": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show the state of every part in words, and what to do
         * @description What `/readyz` tells of the process that answers, and what `doctor` can check inside of it. The clock and the public URL are checked every five minutes, everything else at most once a second.
         *
         *     Role: admin.
         */
        get: operations["showHealth"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/snapshots": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Take a snapshot of the embedded database
         * @description For programs on the same machine. The snapshot is there as long as the response is not ended: end the connection to remove it. Its only line is followed by empty ones. Erased data are purged from the files of the database when it is removed.
         *
         *     Role: admin.
         */
        post: operations["holdSnapshot"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/v1/operations/figures": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Show throughput and delay of the last hours
         * @description Up to some seconds old, longer where counting takes longer.
         *
         *     Role: admin.
         */
        get: operations["showFlow"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** This document */
        get: operations["showOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A page that shows this document, to read and to try */
        get: operations["showReference"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/docs/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** A script or style sheet of that page */
        get: operations["readReferenceFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The gallery, a page for people */
        get: operations["showPage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/m/{sid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same page, with one attachment open */
        get: operations["showPageOfMedia"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/conversation": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same page, with the messages of one sender */
        get: operations["showConversation"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same page, with the queues of moderators */
        get: operations["showDesk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/{part}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same page, where one queue is worked off, or with one of the lists of moderators */
        get: operations["showPartOfDesk"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/desk/story/{sid}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /** The same page, with what happened to one attachment */
        get: operations["showDeskOfStory"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/assets/{file}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * A script, style sheet or picture of the page
         * @description Its name changes with its content, so it may be cached for a year.
         */
        get: operations["readPageFile"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface webhooks {
    "message.received": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A message is here
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMessageReceived"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A moderator or a rule has held back a text
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMessageHeld"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.quarantined": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A moderator or a rule has quarantined a text
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMessageQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.approved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A moderator or a rule has approved a text
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMessageApproved"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "message.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The text and numbers of a message are gone from here
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMessageDeleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.stored": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The bytes and the preview of an attachment are here
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaStored"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.failed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * The fetch of an attachment was given up
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaFailed"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.held": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A moderator or a rule has held back an attachment
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaHeld"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.quarantined": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A moderator or a rule has quarantined an attachment
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaQuarantined"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.approved": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A moderator or a rule has approved an attachment
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaApproved"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.reported": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Somebody has reported an attachment to the moderators
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaReported"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "sender.restricted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A sender is muted or blocked by a third decision
         * @description Sent to the endpoints that want it.
         */
        post: operations["onSenderRestricted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "media.deleted": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An attachment is gone from here
         * @description Sent to the endpoints that want it.
         */
        post: operations["onMediaDeleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "deletion.completed": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * A deletion is complete, at Twilio, too
         * @description Sent to the endpoints that want it.
         */
        post: operations["onDeletionCompleted"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "endpoint.test": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * An admin tests the endpoint: nothing has happened
         * @description Sent to the endpoints that want it.
         */
        post: operations["onEndpointTest"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export interface components {
    schemas: {
        /** @description A message is here. */
        MessageReceivedEvent: {
            /** @constant */
            type: "message.received";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @enum {string} */
                source: "webhook" | "import" | "reconcile";
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:12:32.287Z
                 */
                receivedAt: string;
                mediaCount: number;
                /**
                 * @description The initial state.
                 * @enum {string}
                 */
                moderation: "visible" | "held" | "quarantined";
            };
        };
        /** @description A moderator or a rule has held back a text. */
        MessageHeldEvent: {
            /** @constant */
            type: "message.held";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Null for the initial state. */
                before: ("visible" | "held" | "quarantined") | null;
                reasonCode: string | null;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description A moderator or a rule has quarantined a text. */
        MessageQuarantinedEvent: {
            /** @constant */
            type: "message.quarantined";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Null for the initial state. */
                before: ("visible" | "held" | "quarantined") | null;
                reasonCode: string | null;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description A moderator or a rule has approved a text. */
        MessageApprovedEvent: {
            /** @constant */
            type: "message.approved";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Null for the initial state. */
                before: ("visible" | "held" | "quarantined") | null;
                reasonCode: string | null;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description The text and numbers of a message are gone from here. */
        MessageDeletedEvent: {
            /** @constant */
            type: "message.deleted";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Of the deletion, in the API. */
                deletionId: string;
                reasonCode: string | null;
                deletedBy: string;
            };
        };
        /** @description The bytes and the preview of an attachment are here. */
        MediaStoredEvent: {
            /** @constant */
            type: "media.stored";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @description Its place in the message, from 0. */
                index: number;
                /** @constant */
                state: "stored";
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Of the bytes; null if it is not known. */
                contentType: string | null;
                /** @description In bytes. */
                byteSize: number;
                /** @description Of the bytes, in hexadecimal digits. */
                sha256: string;
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:12:32.287Z
                 */
                storedAt: string;
            };
        };
        /** @description The fetch of an attachment was given up. */
        MediaFailedEvent: {
            /** @constant */
            type: "media.failed";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @description Its place in the message, from 0. */
                index: number;
                /** @constant */
                state: "failed";
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Such as `not-found`. */
                reasonCode: string;
            };
        };
        /** @description A moderator or a rule has held back an attachment. */
        MediaHeldEvent: {
            /** @constant */
            type: "media.held";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @description Only of a decision on receipt. */
                index?: number;
                /**
                 * @description Only of a decision on receipt.
                 * @enum {string}
                 */
                state?: "pending" | "stored" | "failed" | "deleted";
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Null for the initial state. */
                before: ("visible" | "held" | "quarantined") | null;
                reasonCode: string | null;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description A moderator or a rule has quarantined an attachment. */
        MediaQuarantinedEvent: {
            /** @constant */
            type: "media.quarantined";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @description Only of a decision on receipt. */
                index?: number;
                /**
                 * @description Only of a decision on receipt.
                 * @enum {string}
                 */
                state?: "pending" | "stored" | "failed" | "deleted";
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Null for the initial state. */
                before: ("visible" | "held" | "quarantined") | null;
                reasonCode: string | null;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description A moderator or a rule has approved an attachment. */
        MediaApprovedEvent: {
            /** @constant */
            type: "media.approved";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @description Only of a decision on receipt. */
                index?: number;
                /**
                 * @description Only of a decision on receipt.
                 * @enum {string}
                 */
                state?: "pending" | "stored" | "failed" | "deleted";
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                /** @description Null for the initial state. */
                before: ("visible" | "held" | "quarantined") | null;
                reasonCode: string | null;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description Somebody has reported an attachment to the moderators. */
        MediaReportedEvent: {
            /** @constant */
            type: "media.reported";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /**
                 * Format: uuid
                 * @description Of the report, in the API.
                 */
                reportId: string;
                reasonCode: string | null;
                /** @description The name of a key, or `proxy:` and that of a user. */
                reportedBy: string;
            };
        };
        /** @description A sender is muted or blocked by a third decision. */
        SenderRestrictedEvent: {
            /** @constant */
            type: "sender.restricted";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @description The keyed hash of the sender, as in the API. */
                senderId: string;
                /**
                 * @description The attachment of the last decision.
                 * @example ME20229594c3db09da4d5db631b4a799bd
                 */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @enum {string} */
                onThird: "mute" | "quarantine" | "refuse";
                reasonCode: string;
                /** @description The name of a key, or `system:` and the rule's name. */
                decidedBy: string;
            };
        };
        /** @description An attachment is gone from here. */
        MediaDeletedEvent: {
            /** @constant */
            type: "media.deleted";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @example ME20229594c3db09da4d5db631b4a799bd */
                mediaSid: string;
                /** @example MM057026992751d97039eb1322f0ab932f */
                messageSid: string;
                /** @example AC00000000000000000000000000000001 */
                accountSid: string;
                /** @description Its place in the message, from 0. */
                index: number;
                /** @constant */
                state: "deleted";
                /** @enum {string} */
                moderation: "visible" | "held" | "quarantined";
                sha256: string | null;
                /** @description Of the deletion, in the API. */
                deletionId: string;
                reasonCode: string | null;
                deletedBy: string;
            };
        };
        /** @description A deletion is complete, at Twilio, too. */
        DeletionCompletedEvent: {
            /** @constant */
            type: "deletion.completed";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @description Of the deletion, in the API. */
                deletionId: string;
                /** @description `one`, `same-bytes`, `message`, `sender` or `erase`. */
                scope: string;
                /** @description Null if none was named. */
                mediaSid: string | null;
                withMessages: boolean;
                /** @description Media and messages. */
                targets: number;
                reasonCode: string | null;
                requestedBy: string;
            };
        };
        /** @description An admin tests the endpoint: nothing has happened. */
        EndpointTestEvent: {
            /** @constant */
            type: "endpoint.test";
            /**
             * Format: date-time
             * @description When it happened.
             * @example 2026-11-23T13:12:32.287Z
             */
            timestamp: string;
            data: {
                /** @description The endpoint that it is sent to, and no other. */
                endpointId: string;
                /** @description The name of a key, or `proxy:` and that of a user. */
                requestedBy: string;
            };
        };
        /** @description One attachment of a message. */
        MediaItem: {
            /**
             * @description Twilio's sid; for imports one in the same format.
             * @example ME20229594c3db09da4d5db631b4a799bd
             */
            sid: string;
            /** @example MM057026992751d97039eb1322f0ab932f */
            messageSid: string;
            /** @example AC00000000000000000000000000000001 */
            accountSid: string;
            /** @description Its place in the message, from 0. */
            index: number;
            /**
             * @description `pending`: in progress. `stored`: bytes and preview are here. `failed`: given up. `deleted`: a tombstone without sender and content.
             * @enum {string}
             */
            state: "pending" | "stored" | "failed" | "deleted";
            /** @description Why it is not stored (yet), for people; null when stored or deleted. */
            reason: string | null;
            /** @description Of a failed one, such as `not-found`: `reasonCode` of its event. Null where an earlier version has given it up. */
            failureCode: string | null;
            /** @description Fetches so far. */
            attempts: number;
            /** @description When the next fetch is due. */
            nextAttemptAt: string | null;
            /**
             * @description Viewers and links see only `visible` media.
             * @enum {string}
             */
            moderation: "visible" | "held" | "quarantined";
            /** @description Whether it is exempt from retention. */
            pinned: boolean;
            /** @description For moderators. */
            decision?: components["schemas"]["Decision"] | null;
            /** @description For moderators: the classifier's verdict. */
            scan?: {
                /** @enum {string} */
                action: "allow" | "hold" | "quarantine" | "delete";
                labels: string[];
                reason: string | null;
                /** Format: date-time */
                at: string;
            } | null;
            /** @description For moderators: when it is scanned again; null if it is not. */
            nextScanAt?: string | null;
            /**
             * @description What the bytes are, detected from their content; null until they are here. Of bytes without a signature, such as most texts, the declared type if it is `text/…`, otherwise `application/octet-stream`.
             * @example image/jpeg
             */
            contentType: string | null;
            /** @description What the sender declared. */
            declaredContentType: string | null;
            /** @description The name of an imported file. */
            fileName: string | null;
            byteSize: number | null;
            /** @description Of the bytes, in hexadecimal digits. */
            sha256: string | null;
            /** @description In pixels, of a picture or video as it is shown, upright; null for all others. */
            width: number | null;
            /** @description As it is shown, upright, in pixels. */
            height: number | null;
            /** @description Null until it is stored. */
            preview: components["schemas"]["Preview"] | null;
            /** @description Forms that every browser opens; none until it is stored. */
            renditions: components["schemas"]["Rendition"][];
            /** @description Facts found in the bytes; null until it is stored. */
            details: components["schemas"]["MediaDetails"] | null;
            /**
             * @description The sender; null while its message is held back.
             * @example +15551234567
             */
            from: string | null;
            /** @description The recipient; null while the message is held back. */
            to: string | null;
            /** @description The text of the message; null while the message is held back. */
            body: string | null;
            /**
             * Format: date-time
             * @description When its message was received.
             * @example 2026-11-23T13:12:32.287Z
             */
            receivedAt: string;
            /** @description When the first fetch began. */
            firstTriedAt: string | null;
            /** @description When the bytes had arrived. */
            fetchedAt: string | null;
            /** @description When the preview was complete. */
            storedAt: string | null;
            deletedAt: string | null;
            /** @description With `links=true`, of stored and visible media. */
            links?: components["schemas"]["MediaLinks"];
        };
        Decision: {
            /** @description The name of a key, or `system:` and the rule's name. */
            by: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            at: string;
            reasonCode: string | null;
            reason: string | null;
        };
        Preview: {
            /** @enum {string} */
            kind: "image" | "animation" | "video" | "audio" | "pdf" | "contact" | "calendar" | "text" | "card" | "none";
            /** @description Why it shows less than the whole file; null when it is complete. */
            reason: string | null;
            /**
             * @description ThumbHash, base64.
             * @example SfcFDwAH2EeHeIeAjYKH2DeIY2AIE5QA
             */
            thumbhash: string | null;
            sizes: {
                small?: {
                    /** @description In pixels. */
                    width: number;
                    /** @description In pixels. */
                    height: number;
                    /** @description In bytes. */
                    byteSize: number;
                };
                medium?: {
                    /** @description In pixels. */
                    width: number;
                    /** @description In pixels. */
                    height: number;
                    /** @description In bytes. */
                    byteSize: number;
                };
                large?: {
                    /** @description In pixels. */
                    width: number;
                    /** @description In pixels. */
                    height: number;
                    /** @description In bytes. */
                    byteSize: number;
                };
                /** @description Of animations. */
                animated?: {
                    /** @description In pixels. */
                    width: number;
                    /** @description In pixels. */
                    height: number;
                    /** @description In bytes. */
                    byteSize: number;
                };
            };
        };
        Rendition: {
            /** @enum {string} */
            as: "picture" | "audio" | "video" | "text";
            /** @description Of a PDF or TIFF, from 1. */
            page: number;
            /** @description How many pages can be requested. */
            pages: number;
            /**
             * @description `possible`: it is made when it is requested. `pending`: it is being made.
             * @enum {string}
             */
            state: "possible" | "pending" | "ready" | "failed";
            /** @description Why it failed, is late or shows less than expected. */
            reason: string | null;
        };
        MediaDetails: {
            /** @description Of video, audio and animations, as the file claims. */
            durationSeconds?: number;
            /** @description Of an animation. */
            frames?: number;
            /** @description Of a PDF, or of a TIFF with several pictures. */
            pages?: number;
            /** @description Whether a PDF needs a password. */
            encrypted?: boolean;
            videoCodec?: string;
            audioCodec?: string;
            /** @description When a picture was taken, ISO 8601; without a UTC offset when the camera did not write one. Absent when the time is not plausible. */
            takenAt?: string;
            /** @description Make and model. */
            camera?: string;
            /** @description Where a picture was taken, in degrees; only with EXTRACT_LOCATION. */
            location?: {
                latitude: number;
                longitude: number;
            };
            /** @description How many contacts are in the file. */
            contactCount?: number;
            /** @description The first of them, at most 10. */
            contacts?: {
                name: string;
                organization?: string;
                /** @description At most 5. */
                phones: string[];
                /** @description At most 5. */
                emails: string[];
            }[];
            /** @description How many events are in the file. */
            eventCount?: number;
            /** @description The first of them, at most 10. */
            events?: {
                summary: string;
                /** @description ISO 8601: with Z or an offset, without one for floating times; a date for all-day events. */
                start?: string;
                end?: string;
                /** @description Of `start` and `end`, if the file names one, such as `Europe/Berlin`. */
                timeZone?: string;
                location?: string;
            }[];
            /** @description Of a text: the encoding that was detected, as the WHATWG names it. */
            encoding?: string;
            /** @description Of a text. */
            lineCount?: number;
            /** @description Of a sound, with TRANSCRIBE_URL. */
            transcript?: components["schemas"]["Transcript"];
        };
        Transcript: {
            /**
             * @description `pending`: it waits for the transcription server.
             * @enum {string}
             */
            state: "pending" | "ready" | "failed";
            /** @description Untrusted: what a speech recognizer made of what the sender said. Empty for silence. */
            text: string | null;
            /** @description As the server names it, or was told. */
            language: string | null;
            /** @description Why it failed, is late or is incomplete. */
            reason: string | null;
        };
        MediaLinks: {
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
            /** @description Null when the links strip metadata, and those of this type cannot be removed. */
            content: string | null;
            /** @description By size; null without a preview. */
            thumbnails: {
                /** Format: uri */
                small?: string;
                /** Format: uri */
                medium?: string;
                /** Format: uri */
                large?: string;
                /** Format: uri */
                animated?: string;
            } | null;
            /** @description By form; null when there can be none. `page` may be added to the URL. */
            renditions: {
                /** Format: uri */
                picture?: string;
                /** Format: uri */
                audio?: string;
                /** Format: uri */
                video?: string;
                /** Format: uri */
                text?: string;
            } | null;
        };
        Problem: {
            /** @constant */
            type: "about:blank";
            /** @description The same for every error with this code. */
            title: string;
            status: number;
            /**
             * @description Stable: for programs.
             * @enum {string}
             */
            code: "invalid_request" | "signature_missing" | "unauthorized" | "session_ended" | "signature_invalid" | "forbidden" | "cross_origin" | "reveal_needed" | "link_invalid" | "ticket_invalid" | "not_found" | "media_deleted" | "message_deleted" | "media_not_stored" | "no_preview" | "no_rendition" | "page_size_too_large" | "method_not_allowed" | "request_timeout" | "conflict" | "second_reviewer_needed" | "decided_meanwhile" | "metadata_not_removable" | "too_many_parameters" | "body_too_large" | "unsupported_media_type" | "range_not_satisfiable" | "idempotency_key_reused" | "internal" | "unavailable" | "data_folder_in_use";
            /** @description For people. */
            detail: string;
            /** @description Each wrong field, and what it takes. */
            errors?: {
                field: string;
                message: string;
            }[];
            /** @description The log has the request under this id. */
            requestId: string;
        };
        /** @description A delete or a block that somebody else has to confirm by sending the same. */
        Proposal: {
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            mediaSid: string;
            /** @enum {string} */
            act: "delete" | "block" | "block-sender";
            /** @description Of a delete. */
            scope: ("one" | "same-bytes" | "message" | "sender") | null;
            /** @description Of a delete. */
            message: boolean | null;
            /** @description Of a delete: whether the sender would be blocked, too. */
            blockSender: boolean;
            /** @description Of a block. */
            policy: ("quarantine" | "delete") | null;
            /** @description Of a block. */
            applyToExisting: boolean | null;
            reasonCode: string;
            reason: string | null;
            /** @description The name of a key, or `proxy:` and that of a user. */
            by: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            at: string;
        };
        /** @description A message with its attachments. */
        Message: {
            /** @example MM057026992751d97039eb1322f0ab932f */
            sid: string;
            /** @example AC00000000000000000000000000000001 */
            accountSid: string;
            /** @description Null when the message was deleted. */
            from: string | null;
            to: string | null;
            /** @description The text, or the label of the button or list entry that was tapped. */
            body: string | null;
            /**
             * @deprecated
             * @description The same as `details.location`.
             */
            location: components["schemas"]["Location"] | null;
            /** @description What Twilio sent besides text and attachments. Null when the message was deleted, or is suspect. */
            details: components["schemas"]["MessageDetails"] | null;
            /** @enum {string} */
            source: "webhook" | "import" | "reconcile";
            /** @enum {string} */
            moderation: "visible" | "held" | "quarantined";
            /** @description For moderators. */
            decision?: components["schemas"]["Decision"] | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            receivedAt: string;
            deletedAt: string | null;
            /** @description Why it is kept apart although its signature is valid. */
            suspect: ("parameter-name" | "no-message-sid" | "hidden-message-sid" | "same-signature") | null;
            /** @description Deleted ones as tombstones. */
            media: components["schemas"]["MediaItem"][];
            /** @description For moderators: the parameters of a suspect message. */
            params?: Record<string, never>;
        };
        /** @description A location that was sent as a message of its own. */
        Location: {
            /** @description In degrees. */
            latitude: number;
            /** @description In degrees. */
            longitude: number;
            /** @description Of the place, if the sender chose a named one. */
            address: string | null;
            /** @description Its name. */
            label: string | null;
        };
        MessageDetails: {
            /**
             * @description Missing for SMS and MMS.
             * @example whatsapp
             * @example rcs
             */
            channel?: string;
            /**
             * @description The type of a WhatsApp message, in the words of WhatsApp.
             * @example text
             * @example location
             * @example contacts
             * @example interactive
             * @example sticker
             */
            messageType?: string;
            /**
             * @description The carrier had encoded the text; `body` is decoded.
             * @constant
             */
            bodyEncoding?: "base64";
            /** @description Which the sender chose on WhatsApp. */
            profileName?: string;
            /** @description The id of the sender on WhatsApp, often the number. */
            waId?: string;
            /** @description That the sender tapped. */
            button?: {
                /** @description What stands on it. */
                text?: string;
                /** @description What your template set for it. */
                payload?: string;
                type?: string;
            };
            /** @description That the sender chose. */
            listItem?: {
                id?: string;
                title?: string;
                description?: string;
            };
            /** @description The answers in a WhatsApp Flow. */
            interactiveData?: Record<string, never>;
            location?: components["schemas"]["Location"];
            /** @description What the message answers. */
            reply?: {
                /**
                 * @description Of the message that it answers.
                 * @example MM057026992751d97039eb1322f0ab932f
                 */
                messageSid?: string;
                /** @description The address that sent that message. */
                sender?: string;
            };
            forwarded?: boolean;
            /** @description More than five times. */
            frequentlyForwarded?: boolean;
            /** @description The ad or post that the sender tapped to write this message. */
            referral?: {
                body?: string;
                headline?: string;
                sourceId?: string;
                /**
                 * @example ad
                 * @example post
                 */
                sourceType?: string;
                /** @description http or https; untrusted. */
                sourceUrl?: string;
                /** @description `ReferralCtwaClid`, the id of the click at Meta. */
                clickId?: string;
                mediaCount?: number;
                mediaId?: string;
                mediaContentType?: string;
                /** @description Of the picture or video of the ad: http or https, untrusted, and never fetched. */
                mediaUrl?: string;
            };
            /** @description Of a group MMS: its recipients besides `to`, at most 250. */
            otherRecipients?: string[];
            /** @description As Twilio sends it; its guide does not describe it. */
            addressSid?: string;
            /** @description What the channel adds, as Twilio sends it. */
            channelMetadata?: Record<string, never>;
        };
        MediaBucket: {
            /**
             * Format: date-time
             * @description When the day or month begins.
             * @example 2026-11-23T13:12:32.287Z
             */
            from: string;
            /**
             * Format: date-time
             * @description When the next one begins: `receivedBefore` of its attachments.
             * @example 2026-11-23T13:12:32.287Z
             */
            to: string;
            /** @description At least one. */
            count: number;
        };
        MediaPageStart: {
            /** @description `cursor` of the list: the page of attachments right after this one. */
            cursor: string;
            /**
             * Format: date-time
             * @description Of this attachment, the last one of the page before.
             * @example 2026-11-23T13:12:32.287Z
             */
            receivedAt: string;
        };
        SimilarToMedia: {
            /** @description Of the bytes that others are compared with. */
            sha256: string;
            /** @description How much detail it has: below 50 only the same bytes are found. Null when it has no PDQ hash, such as a sound: the same applies. */
            quality: number | null;
            items: {
                /** @description 0 for the same bytes, too. */
                distance: number;
                media: components["schemas"]["MediaItem"];
            }[];
        };
        SimilarMedia: {
            /** @description Of the bytes that others are compared with. */
            sha256: string;
            /** @description How much detail it has: below 50 only the same bytes are found. */
            quality: number;
            items: {
                /** @description 0 for the same bytes, too. */
                distance: number;
                media: components["schemas"]["MediaItem"];
            }[];
        };
        RenditionProgress: {
            /** @enum {string} */
            as: "picture" | "audio" | "video" | "text";
            page: number;
            /** @enum {string} */
            state: "waiting" | "running";
            /** @description Why it is late, such as a full disk. */
            reason: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            requestedAt: string;
            /** @description Null while it waits for others. */
            startedAt: string | null;
        };
        /** @description What somebody objects to in an attachment. */
        Report: {
            /** Format: uuid */
            id: string;
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            mediaSid: string;
            /** @enum {string} */
            state: "open" | "resolved";
            /** @description The name of a key, or `proxy:` and that of a user. */
            reportedBy: string;
            reasonCode: string | null;
            reason: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description The decision about the attachment, or `dismiss`; null while it is open. */
            resolution: ("approve" | "hold" | "quarantine" | "dismiss") | null;
            resolvedBy: string | null;
            resolvedAt: string | null;
        };
        /** @description What happened to an attachment. */
        Story: {
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            mediaSid: string;
            /** @enum {string} */
            state: "pending" | "stored" | "failed" | "deleted";
            /** @description Oldest first. */
            items: components["schemas"]["StoryItem"][];
            /** @description False if only the last thousand entries of the audit log are in it. */
            isComplete: boolean;
        };
        StoryItem: {
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            at: string;
            /** @description `received`, `fetch` (the first attempt), `fetched`, `stored`, `verdict` (the one of the classifier that stands), `bulk` (it was selected for a bulk act), `deletion` (one of its targets is this attachment; `after` says how far it is), or an action of the audit log: of the attachment, such as `media.approve`, of its message, of its sender since its receipt (`sender.update`) or of its deletion (`deletion.retry`). */
            kind: string;
            /** @description The name of a key, `proxy:` and the user's name, or `system:` and the rule's name. */
            by: string | null;
            reasonCode: string | null;
            reason: string | null;
            /** @description Of a report or a note that has not been deleted. */
            text: string | null;
            before: Record<string, never> | null;
            after: Record<string, never> | null;
        };
        /** @description A code for decisions. */
        ReasonCode: {
            code: string;
            /** @description What people read. */
            label: string;
            /** @enum {string} */
            severity: "low" | "medium" | "high";
            /** @description What a page suggests for it; null for nothing. */
            defaultAct: ("approve" | "hold" | "quarantine" | "delete") | null;
            /** @description How many people a delete or a block with it takes. */
            reviewers: 1 | 2;
            /**
             * @description What follows for a sender of whom three attachments were quarantined or deleted with it: `mute`, or a policy.
             * @enum {string}
             */
            onThird: "none" | "mute" | "quarantine" | "refuse";
            /** @description The name of a key, or `proxy:` and that of a user. */
            updatedBy: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            updatedAt: string;
        };
        /** @description What moderators note about an attachment, a message or a sender: one of the three. */
        Note: {
            /** Format: uuid */
            id: string;
            mediaSid: string | null;
            messageSid: string | null;
            /** @description A keyed hash of the address, in hexadecimal digits. */
            senderId: string | null;
            text: string;
            /** @description The name of a key, or `proxy:` and that of a user. */
            writtenBy: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
        };
        /** @description Attachments that wait for a moderator. */
        Queue: {
            /** @enum {string} */
            name: "held" | "quarantined" | "reported" | "failed" | "escalated";
            /** @description Attachments in it, taken ones included; up to seconds old. */
            count: number;
            /** @description Since when the oldest of them waits; null when it is empty. */
            oldestAt: string | null;
            /** @description How many of them somebody works on. */
            taken: number;
            /** @description How many of them wait for a second person to confirm a delete or a block; 0 but for `escalated`. */
            proposed: number;
            /** @description How many of them only others are offered: the caller has escalated or proposed them; 0 but for `escalated`. */
            own: number;
            /** @description The caller's claim of it, if there is one. */
            claimId: string | null;
        };
        /** @description An attachment in a queue. */
        QueueItem: {
            /**
             * Format: date-time
             * @description Since when it waits: its receipt, its oldest open report, or its escalation.
             * @example 2026-11-23T13:12:32.287Z
             */
            since: string;
            media: components["schemas"]["MediaItem"];
            openReports: number;
            /** @description How often moderators found it hard to judge. */
            skips: number;
            /** @description Who wants somebody else to decide, and why. */
            escalation: components["schemas"]["Escalation"] | null;
            /** @description Null while nobody works on it. */
            claim: components["schemas"]["Claim"] | null;
        };
        Escalation: {
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            at: string;
            by: string;
            reason: string | null;
            /** @description The first of the proposals. */
            proposal: components["schemas"]["Proposal"] | null;
            /** @description What a second person has to confirm, in this order: at most one block of the picture, one of the sender and one delete, which ends the others. */
            proposals: components["schemas"]["Proposal"][];
        };
        /** @description A moderator works on an attachment. */
        Claim: {
            /** Format: uuid */
            id: string;
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            mediaSid: string;
            /**
             * @description That it was taken from.
             * @enum {string}
             */
            queue: "held" | "quarantined" | "reported" | "failed" | "escalated";
            /** @description The name of a key, or `proxy:` and that of a user. */
            owner: string;
            /** @description Whether the caller has taken it in the same session, or by key. */
            isMine: boolean;
            /** @enum {string} */
            state: "active" | "ended";
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description It ends then, unless it is extended. On the clock of the database.
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
            /** @description Why it has ended; null while it is active. `replaced`: its owner took another one of the queue. `expired`: also with the session or key of its owner. `acted`: an act about the attachment was made, which may still be taken back, or a block that had been proposed was confirmed. */
            ending: ("decided" | "deleted" | "released" | "skipped" | "escalated" | "acted" | "replaced" | "expired") | null;
            endedAt: string | null;
            /** @description Who decided, deleted, acted or released it; null if nobody did. */
            endedBy: string | null;
        };
        /** @description An attachment that was taken from a queue. */
        ClaimedItem: {
            /** Format: uuid */
            id: string;
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            mediaSid: string;
            /**
             * @description That it was taken from.
             * @enum {string}
             */
            queue: "held" | "quarantined" | "reported" | "failed" | "escalated";
            /** @description The name of a key, or `proxy:` and that of a user. */
            owner: string;
            /** @description Whether the caller has taken it in the same session, or by key. */
            isMine: boolean;
            /** @enum {string} */
            state: "active" | "ended";
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description It ends then, unless it is extended. On the clock of the database.
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
            /** @description Why it has ended; null while it is active. `replaced`: its owner took another one of the queue. `expired`: also with the session or key of its owner. `acted`: an act about the attachment was made, which may still be taken back, or a block that had been proposed was confirmed. */
            ending: ("decided" | "deleted" | "released" | "skipped" | "escalated" | "acted" | "replaced" | "expired") | null;
            endedAt: string | null;
            /** @description Who decided, deleted, acted or released it; null if nobody did. */
            endedBy: string | null;
            /**
             * Format: date-time
             * @description Since when it waits: its receipt, its oldest open report, or its escalation.
             * @example 2026-11-23T13:12:32.287Z
             */
            since: string;
            media: components["schemas"]["MediaItem"];
            openReports: number;
            /** @description How often moderators found it hard to judge. */
            skips: number;
            /** @description Who wants somebody else to decide, and why. */
            escalation: components["schemas"]["Escalation"] | null;
        };
        /** @description What people and programs have decided about attachments within 24 hours. */
        Figures: {
            queues: {
                /** @enum {string} */
                name: "held" | "quarantined" | "reported" | "failed" | "escalated";
                /** @description Attachments in it. */
                count: number;
                /** @description Since when the oldest of them waits. */
                oldestAt: string | null;
            }[];
            /**
             * Format: date-time
             * @description The beginning of the first hour.
             * @example 2026-11-23T13:12:32.287Z
             */
            since: string;
            /** @description 24 hours, oldest first, the current one included. */
            hours: {
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:12:32.287Z
                 */
                at: string;
                approve: number;
                hold: number;
                quarantine: number;
                delete: number;
            }[];
            /** @description Who decides most comes first; at most 100. */
            moderators: {
                /** @description The name of a key, or `proxy:` and that of a user. */
                name: string;
                approve: number;
                hold: number;
                quarantine: number;
                delete: number;
            }[];
            /** @description What was quarantined is approved, or what was approved is quarantined or deleted. */
            overturned: {
                /** @description Decisions of somebody else. */
                ofPeople: number;
                ofRules: number;
            };
            /** @description Approved after `allow`, quarantined or deleted after another verdict or a match. */
            agreement: {
                /** @description Its verdict on the bytes; `hold` says neither. */
                classifier: {
                    agreed: number;
                    disagreed: number;
                };
                /** @description What looked like an entry of the blocklist. */
                lookAlikes: {
                    agreed: number;
                    disagreed: number;
                };
            };
        };
        /** @description A decision about an attachment, its deletion, or a block by it, that can be taken back. */
        Act: {
            /** Format: uuid */
            id: string;
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            mediaSid: string;
            /** @enum {string} */
            act: "approve" | "hold" | "quarantine" | "delete" | "block" | "block-sender";
            /** @description Null unless it is a delete. */
            scope: ("one" | "same-bytes" | "message" | "sender") | null;
            message: boolean;
            blockSender: boolean;
            /** @description Null unless it is a block. */
            policy: ("quarantine" | "delete") | null;
            /** @description Null unless it is a block. */
            applyToExisting: boolean | null;
            expected: ("visible" | "held" | "quarantined") | null;
            /** @description The name of a key, or `proxy:` and that of a user. */
            requestedBy: string;
            reasonCode: string | null;
            reason: string | null;
            /**
             * @description `failed`: it was not possible, and is not tried again.
             * @enum {string}
             */
            state: "waiting" | "done" | "cancelled" | "failed";
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description When it goes out, or went out at the earliest.
             * @example 2026-11-23T13:12:32.287Z
             */
            runsAt: string;
            endedAt: string | null;
            /** @description Of one that is done: false when the attachment had that state already, or what is blocked was. */
            changed: boolean | null;
            /** @description Of one that is done: true when it changed nothing, and waits for a second person. */
            proposed: boolean | null;
            /** @description Of a delete that is done: its record. */
            deletionId: string | null;
            /** @description Of one that has failed: the error that the immediate request would have had. */
            problem: {
                code: string;
                detail: string;
            } | null;
        };
        /** @description One action on many media. */
        BulkAct: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            action: "approve" | "hold" | "quarantine" | "delete" | "scan" | "undo";
            /** @description The name of a key, or `proxy:` and that of a user. */
            requestedBy: string;
            reasonCode: string | null;
            reason: string | null;
            /** @enum {string} */
            state: "selecting" | "waiting" | "running" | "done" | "cancelled";
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            endedAt: string | null;
            /** @description That was selected; null for sids or another filter. */
            queue: ("held" | "quarantined" | "reported" | "failed" | "escalated") | null;
            /** @description The act that this one, an `undo`, takes back. */
            undoOf: string | null;
            total: number;
            counts: {
                /** @description Still to be processed. */
                todo: number;
                changed: number;
                /** @description In that state already, with nothing open about it; for `scan`, without bytes. */
                unchanged: number;
                /** @description There is no such attachment. */
                unknown: number;
                /** @description Deleted before. */
                deleted: number;
                /** @description Left alone: somebody else works on it, or has just decided and may take that back. */
                claimed: number;
                /** @description Left alone: somebody else has decided about it since the request, or a rule has and it is no quarantine and no delete. */
                decided: number;
                /** @description Changed, and put back by an undo. */
                undone: number;
            };
        };
        BulkItem: {
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            sid: string;
            /**
             * @description `todo` until it is processed.
             * @enum {string}
             */
            outcome: "todo" | "changed" | "unchanged" | "unknown" | "deleted" | "claimed" | "decided" | "undone";
        };
        /** @description A request to delete, and its progress. */
        Deletion: {
            /** @description In decimal digits. */
            id: string;
            /** @description The name of a key, or `system:` and the rule's name. */
            requestedBy: string;
            /** @description What was requested: a scope of a delete, or `erase`. */
            scope: string;
            /** @description Null when the request was not for an attachment. */
            mediaSid: string | null;
            /** @description Whether messages are deleted, too. */
            withMessages: boolean;
            reasonCode: string | null;
            reason: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description When the last of its targets was done. */
            completedAt: string | null;
            /**
             * @description `stuck` is open, and will not complete by itself.
             * @enum {string}
             */
            state: "open" | "completed" | "stuck";
            /** @description Media and messages. */
            targets: number;
            /** @description The number of targets by the state of their bytes here. */
            local: Record<string, never>;
            /** @description The same, of their previews. */
            previews: Record<string, never>;
            /** @description The same, of their copies at Twilio. */
            upstream: Record<string, never>;
        };
        DeletionRecord: {
            /** @description In decimal digits. */
            id: string;
            /** @description The name of a key, or `system:` and the rule's name. */
            requestedBy: string;
            /** @description What was requested: a scope of a delete, or `erase`. */
            scope: string;
            /** @description Null when the request was not for an attachment. */
            mediaSid: string | null;
            /** @description Whether messages are deleted, too. */
            withMessages: boolean;
            reasonCode: string | null;
            reason: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description When the last of its targets was done. */
            completedAt: string | null;
            /**
             * @description `stuck` is open, and will not complete by itself.
             * @enum {string}
             */
            state: "open" | "completed" | "stuck";
            /** @description Media and messages. */
            targets: number;
            /** @description The number of targets by the state of their bytes here. */
            local: Record<string, never>;
            /** @description The same, of their previews. */
            previews: Record<string, never>;
            /** @description The same, of their copies at Twilio. */
            upstream: Record<string, never>;
            /** @description The first hundred targets that are not done. */
            open: components["schemas"]["DeletionTarget"][];
        };
        /** @description One attachment or message of a deletion. */
        DeletionTarget: {
            sid: string;
            /** @enum {string} */
            kind: "media" | "message";
            /** @example MM057026992751d97039eb1322f0ab932f */
            messageSid: string;
            /** @description Of its bytes, in hexadecimal digits. */
            sha256: string | null;
            /**
             * @description Its bytes here. `done`: no file of them is left, whichever deletion removed the last attachment.
             * @enum {string}
             */
            local: "none" | "kept" | "pending" | "retrying" | "done";
            /**
             * @description `kept`: on purpose, such as bytes that another attachment has. `none`: there never was anything.
             * @enum {string}
             */
            previews: "none" | "kept" | "pending" | "retrying" | "done";
            /**
             * @description Twilio's copy; `kept` with `DELETE_UPSTREAM=never`, or of a suspect message.
             * @enum {string}
             */
            upstream: "none" | "kept" | "pending" | "retrying" | "done";
            /** @description Requests to Twilio so far. */
            attempts: number;
            /** @description Why it is not done. */
            reason: string | null;
            nextTryAt: string | null;
        };
        /** @description A blocked hash. */
        BlocklistEntry: {
            /** @description Its number, in decimal digits. */
            id: string;
            /**
             * @description `sha256`: of the bytes; `pdq`: a perceptual hash, which similar pictures match.
             * @enum {string}
             */
            kind: "sha256" | "pdq";
            /** @description 64 hexadecimal digits */
            hash: string;
            /**
             * @description What happens to media that match.
             * @enum {string}
             */
            policy: "quarantine" | "delete";
            reasonCode: string | null;
            reason: string | null;
            /**
             * @description A stored attachment, or an upload.
             * @enum {string}
             */
            source: "decision" | "upload";
            /** @description The name of a key. */
            createdBy: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description The entry that the same decision about an attachment has added: for its bytes that of its look, and the other way round. Null without one, and for uploads. */
            addedWith: string | null;
            /** @description How many attachments it has quarantined or deleted; not more than 1000 are counted. */
            caught: number;
        };
        UploadedHashes: {
            /**
             * @description Of a dry run: nothing was added, the numbers say what would be.
             * @constant
             */
            dryRun?: true;
            /** @description Hashes that were not in the blocklist. */
            added: number;
            /** @description Those that were there and got a stricter policy. */
            raised: number;
            /** @description Those that were there and stay as they were. */
            known: number;
            /** @description How many stored media match; null for more than 100 hashes. */
            matchesExisting: number | null;
            /** @description Of all hashes of the file. */
            entries: components["schemas"]["BlocklistEntry"][];
            /** @constant */
            kind: "image";
            /** @description Of the PDQ hash; below 50 only the bytes are blocked. */
            quality: number;
        } | {
            /**
             * @description Of a dry run: nothing was added, the numbers say what would be.
             * @constant
             */
            dryRun?: true;
            /** @description Hashes that were not in the blocklist. */
            added: number;
            /** @description Those that were there and got a stricter policy. */
            raised: number;
            /** @description Those that were there and stay as they were. */
            known: number;
            /** @description How many stored media match; null for more than 100 hashes. */
            matchesExisting: number | null;
            /** @description Repetitions of hashes in the list. */
            duplicates: number;
            /** @description Lines without a valid hash. */
            badLines: {
                count: number;
                /** @description The first hundred. */
                lines: {
                    line: number;
                    problem: string;
                }[];
            };
            /** @constant */
            kind: "list";
        };
        BlockedFile: {
            /**
             * @description Of a dry run: nothing was added, the numbers say what would be.
             * @constant
             */
            dryRun?: true;
            /** @description Hashes that were not in the blocklist. */
            added: number;
            /** @description Those that were there and got a stricter policy. */
            raised: number;
            /** @description Those that were there and stay as they were. */
            known: number;
            /** @description How many stored media match; null for more than 100 hashes. */
            matchesExisting: number | null;
            /** @description Of all hashes of the file. */
            entries: components["schemas"]["BlocklistEntry"][];
        };
        CaughtMedia: {
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            caughtAt: string;
            /** @description In how many of 256 bits it differs from the hash of the entry; null for the same bytes. */
            distance: number | null;
            /** @description As it is now: `decision` says whose decision stands. */
            media: components["schemas"]["MediaItem"];
        };
        /** @description A person about whom a decision was made. */
        Sender: {
            /** @description A keyed hash of the address, in hexadecimal digits. */
            id: string;
            /** @description Null once the sender was erased. */
            address: string | null;
            /**
             * @description How future media of the sender are handled.
             * @enum {string}
             */
            policy: "none" | "quarantine" | "refuse";
            /** @description Whether there are no events about the sender. */
            muted: boolean;
            note: string | null;
            /** @description The name of a key, or `proxy:` and that of a user. */
            updatedBy: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            updatedAt: string;
        };
        Strikes: {
            reasonCode: string;
            /** @description Attachments that were quarantined or deleted with it. */
            count: number;
        };
        /** @description A request to erase everything of a sender. */
        Erasure: {
            /** Format: uuid */
            id: string;
            /** @description A keyed hash of the address, in hexadecimal digits. */
            senderId: string;
            /** @description The name of a key. */
            requestedBy: string;
            /** @description Null when there was no data of the sender. */
            deletionId: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description When all data here was erased; Twilio's copies may follow later. */
            erasedAt: string | null;
            /** @description When the database's own files were purged, too. */
            purgedAt: string | null;
        };
        /** @description Where events are sent, without its secrets. */
        Endpoint: {
            id: string;
            /** Format: uri */
            url: string;
            description: string;
            /** @description Null for all. */
            types: string[] | null;
            /** @enum {string} */
            state: "active" | "paused";
            pausedReason: string | null;
            pausedAt: string | null;
            /** @description The first failure without a later success; null if an admin has paused it. */
            failingSince: string | null;
            /** @description Until then events are signed with the previous secret, too. */
            previousSecretUntil: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
        };
        NewEndpoint: {
            id: string;
            /** Format: uri */
            url: string;
            description: string;
            /** @description Null for all. */
            types: string[] | null;
            /** @enum {string} */
            state: "active" | "paused";
            pausedReason: string | null;
            pausedAt: string | null;
            /** @description The first failure without a later success; null if an admin has paused it. */
            failingSince: string | null;
            /** @description Until then events are signed with the previous secret, too. */
            previousSecretUntil: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description For verifying signatures (Standard Webhooks): `whsec_…`. */
            secret: string;
        };
        /** @description One event for one endpoint. */
        Delivery: {
            id: string;
            endpointId: string;
            /** @description The `webhook-id`. */
            eventId: string;
            /** @description Of the event. */
            type: string;
            /** @description Null of a test event. */
            messageSid: string | null;
            mediaSid: string | null;
            /** @enum {string} */
            state: "pending" | "delivered" | "failed";
            /** @description Only while pending. */
            nextAttemptAt: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            deliveredAt: string | null;
            /** @description The last twenty, newest first. */
            attempts: components["schemas"]["DeliveryAttempt"][];
        };
        DeliveryAttempt: {
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            at: string;
            /** @description How long it took. */
            milliseconds: number;
            /** @description Null without a response. */
            status: number | null;
            /** @description Why it does not count as delivered; null if it does. */
            error: string | null;
            /** @description The first KiB of the response; phone numbers in it are masked. */
            response: string | null;
        };
        EventTicket: {
            /** Format: uri */
            url: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
        };
        /** @description A selection of attachments, to download as a zip. */
        Export: {
            /** Format: uuid */
            id: string;
            /** @description The name of a key, or `proxy:` and that of a user. */
            requestedBy: string;
            reveal: boolean;
            /**
             * @description `ready` when every file was checked; `failed` when that was not possible.
             * @enum {string}
             */
            state: "waiting" | "running" | "ready" | "failed" | "expired";
            /** @description Attachments of the selection. */
            total: number;
            /** @description How many of them are checked. */
            done: number;
            /** @description How many of those are left out so far; the manifest has the reasons. */
            omitted: number;
            /** @description Of the files of the others. */
            byteSize: number;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description When it was ready, or failed. */
            endedAt: string | null;
            /**
             * Format: date-time
             * @description Until it has ended, when it is given up.
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
        };
        /** @description Counts are of all accounts together. */
        Reconciliation: {
            /** Format: uuid */
            id: string;
            /** @enum {string} */
            state: "waiting" | "running" | "done" | "failed";
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            since: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            until: string;
            /** @description Only messages to this address; null for all. */
            to: string | null;
            dryRun: boolean;
            /** @description The covered part of the time range: Twilio does not report the number of messages. */
            progress: number;
            /** @description Messages with media at Twilio so far. */
            listed: number;
            /** @description Of them not here: `takenIn` and `failed`; in a dry run all. */
            missing: number;
            takenIn: number;
            /** @description Could not be read, or their media are not all listed yet. */
            failed: number;
            /** @description Why accounts could not be read, or, while it runs, what it waits for. */
            error: string | null;
            /** @description Of a dry run, the first 100. */
            missingSids: string[];
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            endedAt: string | null;
        };
        /** @description The last regular comparison with Twilio’s list. */
        Sweep: {
            /** @example AC00000000000000000000000000000001 */
            accountSid: string;
            /** @description When the last complete sweep began; null before the first one. */
            sweptUntil: string | null;
            /** @description When the last sweep failed; null if it did not. */
            failedAt: string | null;
            /** @description Why. */
            error: string | null;
        };
        /** @description One run that reads every stored file. */
        Verification: {
            /** Format: uuid */
            id: string;
            /**
             * @description `stopped`: cancelled, or ended by a request with `restart`.
             * @enum {string}
             */
            state: "running" | "done" | "stopped";
            repair: boolean;
            bytesPerSecond: number;
            /** @description Of reading, estimated. */
            progress: number;
            /** @description What it waits for; null while it goes on. */
            problem: string | null;
            /** @description Files that were read so far: attachments, thumbnails and renditions. */
            files: number;
            /** @description Their size in bytes. */
            byteSize: number;
            /** @description The store says that the file is not there. */
            missing: number;
            /** @description Of another size or with other bytes than its row says. */
            damaged: number;
            /** @description The store did not answer, or refused: the file may be whole. */
            unreadable: number;
            /** @description In a store that is not configured: the file may be whole. */
            unknownStore: number;
            /** @description Of these: repaired since, or deleted. All is well when it is the sum of the four. */
            settled: number;
            /** @description Repairs that are still to be done. */
            waiting: number;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description When every file was read; repairs follow. */
            readAt: string | null;
            endedAt: string | null;
        };
        /** @description A file that is not as its row says. */
        VerificationFinding: {
            /** @enum {string} */
            kind: "missing" | "wrong_size" | "wrong_hash" | "undecodable" | "unreadable" | "unknown_store";
            /** @enum {string} */
            file: "original" | "preview" | "rendition";
            /** @description The size of a thumbnail, or the form of a rendition. */
            name: string | null;
            /** @description Of a rendition. */
            page: number | null;
            /** @description Of the attachment. */
            sha256: string;
            /** @description Attachments with these bytes, at most 10; none when they were deleted since. */
            mediaSids: string[];
            /** @description What the store says. */
            detail: string | null;
            /** @enum {string} */
            repair: "none" | "waiting" | "repaired" | "gone" | "failed";
            /** @description Why it is not repaired, or not yet. */
            reason: string | null;
            nextAttemptAt: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            foundAt: string;
        };
        /** @description A key, without its secret. */
        ApiKey: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "moderator" | "admin";
            numbers: string[];
            queues: string[];
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /** @description To the minute. */
            lastUsedAt: string | null;
            revokedAt: string | null;
        };
        NewApiKey: {
            id: string;
            name: string;
            /** @enum {string} */
            role: "viewer" | "moderator" | "admin";
            numbers: string[];
            queues: string[];
            /** @description For `Authorization: Bearer`. */
            secret: string;
        };
        /** @description A session, without the secret that its cookie holds. */
        Session: {
            id: string;
            /** @description Of the key that it was begun with. */
            name: string;
            /** @enum {string} */
            role: "viewer" | "moderator" | "admin";
            /** @description Browser and system, such as `Firefox on Windows`; null when they are not known. */
            browser: string | null;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description To the minute.
             * @example 2026-11-23T13:12:32.287Z
             */
            lastUsedAt: string;
            /**
             * Format: date-time
             * @description When it ends if there is no request until then.
             * @example 2026-11-23T13:12:32.287Z
             */
            idleEndsAt: string;
            /**
             * Format: date-time
             * @description When it ends at the latest.
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
        };
        SignInLink: {
            /**
             * Format: uri
             * @description With the ticket after `#`, which browsers send to no server.
             */
            url: string;
            ticket: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            expiresAt: string;
        };
        /** @description Who did what, when and why. */
        AuditEntry: {
            /** @description A number; later entries have larger ones. */
            id: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            at: string;
            /** @description The name of a key, `proxy:` and the user's name, or `system:` and the rule's name. */
            actor: string;
            /** @description Such as `media.approve`. */
            action: string;
            /** @description A sid, an id, a name, or the keyed hash of a sender. */
            target: string;
            reasonCode: string | null;
            reason: string | null;
            /** @description What the action changed; null if it records none. */
            before: Record<string, never> | null;
            /** @description What it was changed to. */
            after: Record<string, never> | null;
        };
        /** @description Webhooks that one receiver has refused within an hour, for one cause. */
        RefusedWebhooks: {
            /**
             * @description `signed_differently`: Twilio has signed it, so a setting or a proxy is wrong. `not_examined`: the signature is wrong, and nobody has looked why: at most one a second is examined.
             * @enum {string}
             */
            cause: "signed_differently" | "unknown_account" | "wrong_signature" | "not_examined" | "signature_missing" | "wrong_type" | "malformed" | "too_large" | "incomplete" | "not_stored";
            /** @description What it means and what to do: what the signature doctor says, where it was asked. */
            advice: string;
            /** @description The HTTP status of the last answer. */
            status: number;
            /** @description How many were refused in that hour. */
            count: number;
            /** @description Host name and process id of the receiver. */
            receiver: string;
            /**
             * Format: date-time
             * @description The beginning of the hour.
             * @example 2026-11-23T13:12:32.287Z
             */
            hour: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            firstAt: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            lastAt: string;
        };
        TwilioMessage: {
            /** @example MM057026992751d97039eb1322f0ab932f */
            sid: string;
            /** @example AC00000000000000000000000000000001 */
            account_sid: string;
            api_version: string;
            body: string;
            /** @description RFC 2822 in GMT: `Fri, 17 Jul 2009 01:52:49 +0000`. */
            date_created: string;
            /** @description RFC 2822 in GMT: `Fri, 17 Jul 2009 01:52:49 +0000`. */
            date_sent: string;
            /** @description RFC 2822 in GMT: `Fri, 17 Jul 2009 01:52:49 +0000`. */
            date_updated: string;
            /** @constant */
            direction: "inbound";
            error_code: number | null;
            error_message: string | null;
            from: string;
            messaging_service_sid: string | null;
            /** @description A number, as text. */
            num_media: string;
            /** @description A number, as text. */
            num_segments: string;
            price: string | null;
            price_unit: string | null;
            /** @constant */
            status: "received";
            subresource_uris: {
                media: string;
            };
            to: string;
            /** @description Relative to the host. */
            uri: string;
        };
        TwilioError: {
            /** @description Of https://www.twilio.com/docs/api/errors. */
            code: number;
            message: string;
            /** Format: uri */
            more_info: string;
            status: number;
        };
        TwilioMedia: {
            /** @example ME20229594c3db09da4d5db631b4a799bd */
            sid: string;
            /** @example AC00000000000000000000000000000001 */
            account_sid: string;
            /**
             * @description The message.
             * @example MM057026992751d97039eb1322f0ab932f
             */
            parent_sid: string;
            content_type: string;
            /** @description RFC 2822 in GMT: `Fri, 17 Jul 2009 01:52:49 +0000`. */
            date_created: string;
            /** @description RFC 2822 in GMT: `Fri, 17 Jul 2009 01:52:49 +0000`. */
            date_updated: string;
            /** @description Relative to the host. */
            uri: string;
        };
        Readiness: {
            /** @enum {string} */
            status: "ready" | "degraded" | "not ready";
            /** @description Of mms-inbox; for operators. */
            version?: string;
            /** @description By name: `ok`, `degraded` or `unavailable`, and why; for operators. */
            parts?: Record<string, never>;
            /** @description Of a process that is a worker; for operators. */
            previews?: {
                /** @description `ok`, or what this kind of preview lacks. */
                kinds: Record<string, never>;
                decodersAreOffline?: boolean;
                problem?: string;
            };
        };
        Health: {
            /**
             * @description `not ready` as in `/readyz`; `degraded` when any part is not `ok`.
             * @enum {string}
             */
            status: "ready" | "degraded" | "not ready";
            process: {
                /** @description Host name and process id of the process that answers. */
                name: string;
                version: string;
                roles: ("receiver" | "worker")[];
                /**
                 * Format: date-time
                 * @example 2026-11-23T13:12:32.287Z
                 */
                startedAt: string;
            };
            /** @description What does not work comes first. */
            parts: components["schemas"]["HealthPart"][];
            /** @description When a worker of any process was last alive. */
            heartbeatAt: string | null;
            /** @description When the last message came in by a webhook; null if none of the last 100 did. */
            lastWebhookAt: string | null;
            /** @description Kinds of jobs that wait for a worker, what waits longest first. */
            dueJobs: {
                /** @enum {string} */
                name: "fetch-media" | "preview-media" | "rebuild-preview" | "make-rendition" | "transcribe" | "scan-again" | "delete-judged" | "apply-blocklist" | "delete-upstream" | "delete-upstream-message" | "delete-local" | "reconcile" | "erase-sender" | "purge-database" | "bulk-act" | "bulk-delete" | "bulk-undo" | "run-act" | "make-export" | "verify-files" | "deliver-events" | "resend-events" | "remove-files";
                /**
                 * Format: date-time
                 * @description Since when the oldest one is due.
                 * @example 2026-11-23T13:12:32.287Z
                 */
                oldestDueAt: string;
            }[];
        };
        HealthPart: {
            /** @description As in `/readyz`; besides: `webhooks`, `disk`, `clock`, `publicUrl`, `previews`. */
            name: string;
            /**
             * @description `unknown`: this process cannot tell, or has no answer yet.
             * @enum {string}
             */
            state: "ok" | "degraded" | "unavailable" | "unknown";
            /**
             * Format: date-time
             * @description When this process first saw it in this state.
             * @example 2026-11-23T13:12:32.287Z
             */
            since: string;
            /** @description A sentence. */
            meaning: string;
            /** @description What was found. */
            detail: string | null;
            /** @description What to do; null if there is nothing to do. */
            remedy: string | null;
        };
        /** @description A copy of the embedded database as of one moment. */
        Snapshot: {
            /** @description The folder under `snapshots` in `DATA_DIR`. */
            name: string;
            /**
             * Format: date-time
             * @example 2026-11-23T13:12:32.287Z
             */
            takenAt: string;
        };
        /** @description Throughput and delay by the hour. */
        Flow: {
            /**
             * Format: date-time
             * @description The beginning of the first hour.
             * @example 2026-11-23T13:12:32.287Z
             */
            since: string;
            /** @description Oldest first, the current one included. Attachments count in the hour of their receipt. */
            hours: {
                /**
                 * Format: date-time
                 * @description The beginning of the hour.
                 * @example 2026-11-23T13:12:32.287Z
                 */
                at: string;
                /** @description Messages received. */
                messages: number;
                /** @description Their attachments that are or were stored. */
                stored: number;
                /** @description Those whose fetch was given up. */
                failed: number;
                /** @description Those that are not stored yet. */
                waiting: number;
                /** @description Seconds from the receipt of a message until an attachment was stored, to within 5 %; null without any. */
                delay: {
                    /** @description Of half of them it was at most this. */
                    p50: number | null;
                    p95: number | null;
                };
                /** @description Webhooks that were refused. */
                refused: number;
            }[];
        };
    };
    responses: {
        /** @description `invalid_request`: The request is not valid. */
        invalid_request: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request";
                };
            };
        };
        /**
         * @description `unauthorized`: An API key is needed.
         *
         *     `session_ended`: The session has ended.
         */
        "session_ended.unauthorized": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "unauthorized" | "session_ended";
                };
            };
        };
        /**
         * @description `cross_origin`: The request comes from another origin.
         *
         *     `forbidden`: This API key may not do that.
         */
        "cross_origin.forbidden": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_origin" | "forbidden";
                };
            };
        };
        /** @description `internal`: Something went wrong on our side. */
        internal: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "internal";
                };
            };
        };
        /** @description `unavailable`: The service cannot do this right now. */
        unavailable: {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "unavailable";
                };
            };
        };
        /** @description `body_too_large`: The request body is too large. */
        body_too_large: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "body_too_large";
                };
            };
        };
        /** @description `unsupported_media_type`: The content type of the request is not supported. */
        unsupported_media_type: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "unsupported_media_type";
                };
            };
        };
        /** @description `idempotency_key_reused`: The idempotency key was used for another request. */
        idempotency_key_reused: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "idempotency_key_reused";
                };
            };
        };
        /** @description `cross_origin`: The request comes from another origin. */
        cross_origin: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_origin";
                };
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_deleted`: This media was deleted.
         */
        "media_deleted.not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found" | "media_deleted";
                };
            };
        };
        /**
         * @description `cross_origin`: The request comes from another origin.
         *
         *     `link_invalid`: The link is not valid or has expired.
         *
         *     `reveal_needed`: This media is held back and was not revealed.
         */
        "cross_origin.link_invalid.reveal_needed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_origin" | "link_invalid" | "reveal_needed";
                };
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_deleted`: This media was deleted.
         *
         *     `media_not_stored`: The bytes of this media are not stored.
         */
        "media_deleted.media_not_stored.not_found": {
            headers: {
                /** @description In seconds; while the bytes of an attachment are being fetched. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found" | "media_deleted" | "media_not_stored";
                };
            };
        };
        /** @description `metadata_not_removable`: The metadata of this media cannot be removed. */
        metadata_not_removable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "metadata_not_removable";
                };
            };
        };
        /** @description `range_not_satisfiable`: The requested range is not satisfiable. */
        range_not_satisfiable: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "range_not_satisfiable";
                };
            };
        };
        /**
         * @description `cross_origin`: The request comes from another origin.
         *
         *     `link_invalid`: The link is not valid or has expired.
         */
        "cross_origin.link_invalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_origin" | "link_invalid";
                };
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_deleted`: This media was deleted.
         *
         *     `media_not_stored`: The bytes of this media are not stored.
         *
         *     `no_preview`: There is no preview of this media.
         */
        "media_deleted.media_not_stored.no_preview.not_found": {
            headers: {
                /** @description In seconds; while the bytes of an attachment are being fetched. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found" | "media_deleted" | "media_not_stored" | "no_preview";
                };
            };
        };
        /**
         * @description `cross_origin`: The request comes from another origin.
         *
         *     `reveal_needed`: This media is held back and was not revealed.
         */
        "cross_origin.reveal_needed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_origin" | "reveal_needed";
                };
            };
        };
        /** @description `not_found`: There is no such resource. */
        not_found: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found";
                };
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `message_deleted`: This message was deleted.
         */
        "message_deleted.not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found" | "message_deleted";
                };
            };
        };
        /** @description `second_reviewer_needed`: The reason code takes two people. */
        second_reviewer_needed: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "second_reviewer_needed";
                };
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_deleted`: This media was deleted.
         *
         *     `media_not_stored`: The bytes of this media are not stored.
         *
         *     `no_rendition`: There is no such rendition of this media.
         */
        "media_deleted.media_not_stored.no_rendition.not_found": {
            headers: {
                /** @description In seconds; while the bytes of an attachment are being fetched. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found" | "media_deleted" | "media_not_stored" | "no_rendition";
                };
            };
        };
        /** @description `conflict`: The request conflicts with the current state. */
        conflict: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict";
                };
            };
        };
        /** @description `decided_meanwhile`: Another decision was made meanwhile. */
        decided_meanwhile: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "decided_meanwhile";
                };
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_deleted`: This media was deleted.
         *
         *     `message_deleted`: This message was deleted.
         */
        "media_deleted.message_deleted.not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "not_found" | "media_deleted" | "message_deleted";
                };
            };
        };
        /**
         * @description `decided_meanwhile`: Another decision was made meanwhile.
         *
         *     `conflict`: The request conflicts with the current state.
         */
        "conflict.decided_meanwhile": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "decided_meanwhile" | "conflict";
                };
            };
        };
        /**
         * @description `conflict`: The request conflicts with the current state.
         *
         *     `second_reviewer_needed`: The reason code takes two people.
         */
        "conflict.second_reviewer_needed": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "conflict" | "second_reviewer_needed";
                };
            };
        };
        /**
         * @description `cross_origin`: The request comes from another origin.
         *
         *     `ticket_invalid`: The ticket is not valid, was used or has expired.
         */
        "cross_origin.ticket_invalid": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "cross_origin" | "ticket_invalid";
                };
            };
        };
        /** @description `unauthorized`: An API key is needed. */
        unauthorized: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "unauthorized";
                };
            };
        };
        /**
         * @description `invalid_request`: The request is not valid.
         *
         *     `signature_missing`: The request has no Twilio signature.
         */
        "invalid_request.signature_missing": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "invalid_request" | "signature_missing";
                };
            };
        };
        /** @description `signature_invalid`: The Twilio signature does not match. */
        signature_invalid: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "signature_invalid";
                };
            };
        };
        /** @description `request_timeout`: The request did not arrive in time. */
        request_timeout: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "request_timeout";
                };
            };
        };
        /**
         * @description `body_too_large`: The request body is too large.
         *
         *     `too_many_parameters`: The request has too many parameters.
         */
        "body_too_large.too_many_parameters": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "body_too_large" | "too_many_parameters";
                };
            };
        };
        /** @description `too_many_parameters`: The request has too many parameters. */
        too_many_parameters: {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @enum {string} */
                    code: "too_many_parameters";
                };
            };
        };
        /**
         * @description `invalid_request`: The request is not valid.
         *
         *     `page_size_too_large`: The requested page is too large.
         */
        "twilio.invalid_request.page_size_too_large": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `unauthorized`: An API key is needed. */
        "twilio.unauthorized": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `not_found`: There is no such resource. */
        "twilio.not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `internal`: Something went wrong on our side. */
        "twilio.internal": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `unavailable`: The service cannot do this right now. */
        "twilio.unavailable": {
            headers: {
                /** @description In seconds. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `invalid_request`: The request is not valid. */
        "twilio.invalid_request": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `forbidden`: This API key may not do that. */
        "twilio.forbidden": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_deleted`: This media was deleted.
         */
        "twilio.media_deleted.not_found": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /**
         * @description `not_found`: There is no such resource.
         *
         *     `media_not_stored`: The bytes of this media are not stored.
         */
        "twilio.media_not_stored.not_found": {
            headers: {
                /** @description In seconds; while the bytes of an attachment are being fetched. */
                "Retry-After"?: string;
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
        /** @description `range_not_satisfiable`: The requested range is not satisfiable. */
        "twilio.range_not_satisfiable": {
            headers: {
                [name: string]: unknown;
            };
            content: {
                "application/json": components["schemas"]["TwilioError"];
            };
        };
    };
    parameters: never;
    requestBodies: never;
    headers: never;
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listMedia: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Which messages come first. */
                order?: "newest" | "oldest";
                /** @description The exact address of the sender. */
                from?: string;
                /** @description The exact address of the recipient. */
                to?: string;
                /** @description At or after this time. */
                receivedAfter?: string;
                /** @description Before this time. */
                receivedBefore?: string;
                /** @description Words, or parts of words, that the text of the message contains: all of them, in any case. */
                text?: string;
                /** @description Without it all but deleted ones. */
                state?: "pending" | "stored" | "failed" | "deleted";
                /** @description Held-back ones only for moderators, whose default is all. */
                moderation?: "visible" | "held" | "quarantined";
                /** @description A content type, or its beginning. */
                contentType?: string;
                /** @description Of one message. */
                messageSid?: string;
                /** @description Of the bytes. Not of deleted ones. */
                sha256?: string;
                /** @description Words, or parts of words, that the transcript contains, in upper or lower case. */
                transcript?: string;
                /** @description Whether `details.location` of the attachment is there: only with EXTRACT_LOCATION. */
                hasLocation?: boolean;
                /** @description Adds signed `links` to stored and visible items. */
                links?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URLs of the next page and of the one before: `rel="next"`, `rel="prev"`. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MediaItem"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                        /** @description `cursor` of the page before, also of what has arrived since; null when nothing precedes. */
                        previousCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    importMedia: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this request, such as a UUID. Repeated within a day, the request changes nothing, and is answered as the first time. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * @description The sender: a number in E.164 form, a short code, or an address on a channel such as `whatsapp:+15551234567`.
                     * @default
                     * @example +15551234567
                     */
                    from?: string;
                    /**
                     * @description The recipient, in the same form.
                     * @default
                     * @example +15551234567
                     */
                    to?: string;
                    /** @description The text of the message. */
                    body?: string;
                    /**
                     * @description When it was originally received, from 2000-01-01 to now; default now.
                     * @example 2026-01-31
                     * @example 2026-01-31T10:00:00+01:00
                     */
                    receivedAt?: string;
                    /** @description Each may have `capabilities.mediaMaxBytes` of `whoami`: by default 100 MiB. */
                    files: string[];
                };
            };
        };
        responses: {
            /** @description Committed. */
            201: {
                headers: {
                    /** @description The message. */
                    Location?: string;
                    /** @description `true` when this is the answer to an earlier request. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example MM057026992751d97039eb1322f0ab932f */
                        messageSid: string;
                        /** @description In the order of the files. */
                        items: {
                            /** @example ME20229594c3db09da4d5db631b4a799bd */
                            sid: string;
                            index: number;
                        }[];
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showMedia: {
        parameters: {
            query?: {
                /** @description Adds signed `links` to stored and visible items. */
                links?: boolean;
            };
            header?: {
                /** @description An earlier `ETag`: 304 when nothing has changed since. */
                "If-None-Match"?: string;
            };
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attachment. */
            200: {
                headers: {
                    /** @description Changes with the answer; none with `links=true`. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaItem"];
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            404: components["responses"]["media_deleted.not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteMedia: {
        parameters: {
            query?: {
                /** @description `same-bytes`: all with the same SHA-256. `message`: all of its message. `sender`: all of the same person in the same account, whose address must be known. */
                scope?: "one" | "same-bytes" | "message" | "sender";
                /** @description Also deletes the messages of these media, with all their attachments; with `scope=sender` also messages without media. */
                message?: boolean;
                /** @description Only counts: nothing is changed, and nothing is recorded in the audit log. */
                dryRun?: boolean;
                /** @description A code of your own list. */
                reasonCode?: string | null;
                /** @description Kept in the audit log: no phone numbers. */
                reason?: string | null;
            };
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `dryRun=true`: what would be deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        media: number;
                        messages: number;
                    };
                };
            };
            /** @description Nothing is done: its reason code takes two people, and the attachment is escalated. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        proposal: components["schemas"]["Proposal"];
                    };
                };
            };
            /** @description Deleted here; jobs delete the copies at Twilio. */
            204: {
                headers: {
                    /** @description The deletion, which shows its progress. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    readContent: {
        parameters: {
            query?: {
                /** @description Part of a signed link: when it expires. */
                expires?: string;
                /** @description Part of a signed link, which needs no key. */
                signature?: string;
                /** @description Part of a link that shows held-back media. */
                reveal?: "true";
                /** @description Without EXIF, XMP, places, times, comments, names and thumbnails in the file; pixels and sound stay byte for byte. */
                metadata?: "strip";
            };
            header?: {
                /** @description One range of bytes; several are answered with everything. */
                Range?: string;
                /** @description An `ETag`: the range applies only while it is the same. */
                "If-Range"?: string;
                /** @description An `ETag`: 304 when the bytes are the same. */
                "If-None-Match"?: string;
            };
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All bytes. */
            200: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    /** @description `bytes` */
                    "Accept-Ranges"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description One range. */
            206: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    /** @description `bytes` */
                    "Accept-Ranges"?: string;
                    /** @description Which bytes, of how many. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description With `BLOB_REDIRECT=on`: the same bytes are at the bucket, for seconds. */
            307: {
                headers: {
                    /** @description A signed URL of the bucket. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.link_invalid.reveal_needed"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            409: components["responses"]["metadata_not_removable"];
            416: components["responses"]["range_not_satisfiable"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    readThumbnail: {
        parameters: {
            query?: {
                /** @description Part of a signed link: when it expires. */
                expires?: string;
                /** @description Part of a signed link, which needs no key. */
                signature?: string;
                /** @description Part of a link that shows held-back media. */
                reveal?: "true";
                /** @description At most 160, 480 or 1280 pixels on the longer side. `animated` moves, and has at most 480. */
                size?: "small" | "medium" | "large" | "animated";
                /** @description Means nothing here: a page that is open takes the same address for the same picture, also after a decision. */
                v?: string;
            };
            header?: {
                /** @description An `ETag`: 304 when the thumbnail is the same. */
                "If-None-Match"?: string;
            };
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JPEG for photographs and videos without an alpha channel, otherwise WebP. Upright, sRGB, without metadata. A blur (PNG) for media that are held back. */
            200: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/webp": unknown;
                    "image/png": unknown;
                };
            };
            /** @description One range. */
            206: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/webp": unknown;
                    "image/png": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.link_invalid"];
            404: components["responses"]["media_deleted.media_not_stored.no_preview.not_found"];
            416: components["responses"]["range_not_satisfiable"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    readPoster: {
        parameters: {
            query?: {
                /** @description Part of a signed link: when it expires. */
                expires?: string;
                /** @description Part of a signed link, which needs no key. */
                signature?: string;
                /** @description Part of a link that shows held-back media. */
                reveal?: "true";
            };
            header?: {
                /** @description An `ETag`: 304 when the thumbnail is the same. */
                "If-None-Match"?: string;
            };
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description JPEG for photographs and videos without an alpha channel, otherwise WebP. Upright, sRGB, without metadata. A blur (PNG) for media that are held back. */
            200: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/webp": unknown;
                    "image/png": unknown;
                };
            };
            /** @description One range. */
            206: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/webp": unknown;
                    "image/png": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.link_invalid"];
            404: components["responses"]["media_deleted.media_not_stored.no_preview.not_found"];
            416: components["responses"]["range_not_satisfiable"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createLinks: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "expiresIn": 3600
                 *     }
                 */
                "application/json": {
                    /**
                     * @description In seconds.
                     * @default 3600
                     */
                    expiresIn?: number;
                    /** @description Whether `content` and `renditions` are shown without metadata, and only so. Default `LINKS_STRIP_METADATA`. */
                    stripMetadata?: boolean;
                };
            };
        };
        responses: {
            /** @description The links. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaLinks"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.reveal_needed"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    revealMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "reason": "to decide"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description Links for the rest of the time. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaLinks"];
                };
            };
            /** @description It is recorded. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MediaLinks"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Which messages come first. */
                order?: "newest" | "oldest";
                /** @description The exact address of the sender. */
                from?: string;
                /** @description The exact address of the recipient. */
                to?: string;
                /** @description At or after this time. */
                receivedAfter?: string;
                /** @description Before this time. */
                receivedBefore?: string;
                /** @description Words, or parts of words, that the text of the message contains: all of them, in any case. */
                text?: string;
                /** @description Held-back ones only for moderators, whose default is all. */
                moderation?: "visible" | "held" | "quarantined";
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URLs of the next page and of the one before: `rel="next"`, `rel="prev"`. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Message"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                        /** @description `cursor` of the page before, also of what has arrived since; null when nothing precedes. */
                        previousCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Message"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: {
                /** @description Only counts: nothing is changed, and nothing is recorded in the audit log. */
                dryRun?: boolean;
                /** @description A code of your own list. */
                reasonCode?: string | null;
                /** @description Kept in the audit log: no phone numbers. */
                reason?: string | null;
            };
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `dryRun=true`: what would be deleted. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        media: number;
                        messages: number;
                    };
                };
            };
            /** @description Deleted here; jobs delete the copies at Twilio. */
            204: {
                headers: {
                    /** @description The deletion, which shows its progress. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["message_deleted.not_found"];
            409: components["responses"]["second_reviewer_needed"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listMediaBuckets: {
        parameters: {
            query?: {
                unit?: "day" | "month";
                /** @description Whose days or months these are: an IANA name. */
                timeZone?: string;
                /** @description Which buckets come first. */
                order?: "newest" | "oldest";
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description The exact address of the sender. */
                from?: string;
                /** @description The exact address of the recipient. */
                to?: string;
                /** @description At or after this time. */
                receivedAfter?: string;
                /** @description Before this time. */
                receivedBefore?: string;
                /** @description Words, or parts of words, that the text of the message contains: all of them, in any case. */
                text?: string;
                /** @description Without it all but deleted ones. */
                state?: "pending" | "stored" | "failed" | "deleted";
                /** @description Held-back ones only for moderators, whose default is all. */
                moderation?: "visible" | "held" | "quarantined";
                /** @description A content type, or its beginning. */
                contentType?: string;
                /** @description Of one message. */
                messageSid?: string;
                /** @description Of the bytes. Not of deleted ones. */
                sha256?: string;
                /** @description Whether `details.location` of the attachment is there: only with EXTRACT_LOCATION. */
                hasLocation?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MediaBucket"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listMediaPageStarts: {
        parameters: {
            query?: {
                /** @description Attachments of one page: `limit` of the list. */
                every?: number;
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Which messages come first. */
                order?: "newest" | "oldest";
                /** @description The exact address of the sender. */
                from?: string;
                /** @description The exact address of the recipient. */
                to?: string;
                /** @description At or after this time. */
                receivedAfter?: string;
                /** @description Before this time. */
                receivedBefore?: string;
                /** @description Words, or parts of words, that the text of the message contains: all of them, in any case. */
                text?: string;
                /** @description Without it all but deleted ones. */
                state?: "pending" | "stored" | "failed" | "deleted";
                /** @description Held-back ones only for moderators, whose default is all. */
                moderation?: "visible" | "held" | "quarantined";
                /** @description A content type, or its beginning. */
                contentType?: string;
                /** @description Of one message. */
                messageSid?: string;
                /** @description Of the bytes. Not of deleted ones. */
                sha256?: string;
                /** @description Whether `details.location` of the attachment is there: only with EXTRACT_LOCATION. */
                hasLocation?: boolean;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["MediaPageStart"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    findSimilarToMedia: {
        parameters: {
            query?: {
                /** @description In how many of the 256 bits of their PDQ hashes pictures may differ. */
                distance?: number;
                /** @description Items per page. */
                limit?: number;
            };
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimilarToMedia"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    findSimilarMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * @description In how many of the 256 bits of their PDQ hashes pictures may differ.
                     * @default 31
                     */
                    distance?: number;
                    /** @description Items per page. */
                    limit?: number;
                    /**
                     * Format: binary
                     * @description A picture, of at most `MEDIA_MAX_BYTES`.
                     */
                    file: string;
                };
            };
        };
        responses: {
            /** @description What was found. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SimilarMedia"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    readRendition: {
        parameters: {
            query: {
                /** @description Part of a signed link: when it expires. */
                expires?: string;
                /** @description Part of a signed link, which needs no key. */
                signature?: string;
                /** @description Part of a link that shows held-back media. */
                reveal?: "true";
                /** @description Without EXIF, XMP, places, times, comments, names and thumbnails in the file; pixels and sound stay byte for byte. */
                metadata?: "strip";
                /** @description The form. */
                as: "picture" | "audio" | "video" | "text";
                /** @description Of a PDF or TIFF, from 1. */
                page?: number;
            };
            header?: {
                /** @description One range of bytes; several are answered with everything. */
                Range?: string;
                /** @description An `ETag`: the range applies only while it is the same. */
                "If-Range"?: string;
                /** @description An `ETag`: 304 when the bytes are the same. */
                "If-None-Match"?: string;
            };
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All bytes. */
            200: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    /** @description `bytes` */
                    "Accept-Ranges"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/webp": unknown;
                    "audio/*": unknown;
                    "video/*": unknown;
                    "text/*": unknown;
                };
            };
            /** @description It is being made. */
            202: {
                headers: {
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["RenditionProgress"];
                };
            };
            /** @description One range. */
            206: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    /** @description `bytes` */
                    "Accept-Ranges"?: string;
                    /** @description Which bytes, of how many. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "image/jpeg": unknown;
                    "image/webp": unknown;
                    "audio/*": unknown;
                    "video/*": unknown;
                    "text/*": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `private, no-cache`: may be cached, and is revalidated each time. */
                    "Cache-Control"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.link_invalid.reveal_needed"];
            404: components["responses"]["media_deleted.media_not_stored.no_rendition.not_found"];
            409: components["responses"]["metadata_not_removable"];
            416: components["responses"]["range_not_satisfiable"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    retryMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is fetched as soon as a worker is free. */
            202: {
                headers: {
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example ME20229594c3db09da4d5db631b4a799bd */
                        sid: string;
                        /** @constant */
                        state: "pending";
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    retryFailedMedia: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "since": "2026-11-01"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Only of messages received since.
                     * @example 2026-01-31
                     * @example 2026-01-31T10:00:00+01:00
                     */
                    since?: string;
                };
            };
        };
        responses: {
            /** @description They are fetched as soon as a worker is free. */
            202: {
                headers: {
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        retried: number;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    transcribeMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A job asks the transcription server; the attachment shows the transcript. */
            202: {
                headers: {
                    /** @description The attachment. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example ME20229594c3db09da4d5db631b4a799bd */
                        sid: string;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    decideMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "decision": "hold",
                 *       "expected": "visible",
                 *       "reasonCode": "check"
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    decision: "approve" | "hold" | "quarantine";
                    /** @enum {string} */
                    expected?: "visible" | "held" | "quarantined";
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description What stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example ME20229594c3db09da4d5db631b4a799bd */
                        sid: string;
                        /** @enum {string} */
                        moderation: "visible" | "held" | "quarantined";
                        /** @description Whether this decision changed it. */
                        changed: boolean;
                        /** @description Whose decision stands. */
                        decidedBy: string | null;
                        decidedAt: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            409: components["responses"]["decided_meanwhile"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    scanMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description A job asks the classifier; the attachment shows the verdict. */
            202: {
                headers: {
                    /** @description The attachment. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example ME20229594c3db09da4d5db631b4a799bd */
                        sid: string;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    pinMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description It is pinned. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example ME20229594c3db09da4d5db631b4a799bd */
                        sid: string;
                        pinned: boolean;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    unpinMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description It is not pinned. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example ME20229594c3db09da4d5db631b4a799bd */
                        sid: string;
                        pinned: boolean;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    decideMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "decision": "hold",
                 *       "expected": "visible",
                 *       "reasonCode": "check"
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    decision: "approve" | "hold" | "quarantine";
                    /** @enum {string} */
                    expected?: "visible" | "held" | "quarantined";
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description What stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @example MM057026992751d97039eb1322f0ab932f */
                        sid: string;
                        /** @enum {string} */
                        moderation: "visible" | "held" | "quarantined";
                        /** @description Whether this decision changed it. */
                        changed: boolean;
                        /** @description Whose decision stands. */
                        decidedBy: string | null;
                        decidedAt: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["message_deleted.not_found"];
            409: components["responses"]["decided_meanwhile"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listMediaReports: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Report"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    reportMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "This shows my front door.",
                 *       "reasonCode": "private"
                 *     }
                 */
                "application/json": {
                    /** @description What is wrong with it. Moderators see it; it is deleted with the attachment. */
                    reason: string;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                };
            };
        };
        responses: {
            /** @description The caller's open report of it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            /** @description It is reported. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            404: components["responses"]["media_deleted.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listReports: {
        parameters: {
            query?: {
                /** @description All of them without it. */
                state?: "open" | "resolved";
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Report"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    dismissReport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description It is resolved. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Report"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showStory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Its story. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Story"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listReasonCodes: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ReasonCode"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createReasonCode: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "code": "spam",
                 *       "label": "Advertisement",
                 *       "severity": "low",
                 *       "defaultAct": "quarantine"
                 *     }
                 */
                "application/json": {
                    code: string;
                    /** @description What people read. */
                    label: string;
                    /** @enum {string} */
                    severity: "low" | "medium" | "high";
                    /**
                     * @description What a page suggests for it; null for nothing.
                     * @default null
                     */
                    defaultAct?: ("approve" | "hold" | "quarantine" | "delete") | null;
                    /**
                     * @description How many people a delete or a block with it takes.
                     * @default 1
                     */
                    reviewers?: 1 | 2;
                    /**
                     * @description What follows for a sender of whom three attachments were quarantined or deleted with it: `mute`, or a policy.
                     * @default none
                     * @enum {string}
                     */
                    onThird?: "none" | "mute" | "quarantine" | "refuse";
                };
            };
        };
        responses: {
            /** @description It is in the list. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReasonCode"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteReasonCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    updateReasonCode: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                code: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                "application/json": {
                    /** @description What people read. */
                    label?: string;
                    /** @enum {string} */
                    severity?: "low" | "medium" | "high";
                    /** @description What a page suggests for it; null for nothing. */
                    defaultAct?: ("approve" | "hold" | "quarantine" | "delete") | null;
                    /** @description How many people a delete or a block with it takes. */
                    reviewers?: 1 | 2;
                    /**
                     * @description What follows for a sender of whom three attachments were quarantined or deleted with it: `mute`, or a policy.
                     * @enum {string}
                     */
                    onThird?: "none" | "mute" | "quarantine" | "refuse";
                };
            };
        };
        responses: {
            /** @description As it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ReasonCode"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listNotes: {
        parameters: {
            query?: {
                mediaSid?: string;
                messageSid?: string;
                /** @description Any address of the person. */
                sender?: string;
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Note"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    writeNote: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "sender": "+15551234567",
                 *       "text": "Asked us on Monday to delete the pictures."
                 *     }
                 */
                "application/json": {
                    /** @example ME20229594c3db09da4d5db631b4a799bd */
                    mediaSid?: string;
                    /** @example MM057026992751d97039eb1322f0ab932f */
                    messageSid?: string;
                    sender?: string;
                    text: string;
                };
            };
        };
        responses: {
            /** @description It is written. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Note"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.message_deleted.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteNote: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listQueues: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All of them. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Queue"][];
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listQueueItems: {
        parameters: {
            query?: {
                /** @description The exact address of the sender. */
                from?: string;
                /** @description The exact address of the recipient. */
                to?: string;
                /** @description A content type, or its beginning. */
                contentType?: string;
                /** @description At or after this time. */
                receivedAfter?: string;
                /** @description Before this time. */
                receivedBefore?: string;
                /** @description Of the decision that it waits for, or of an open report. */
                reasonCode?: string;
                /** @description One of those that the classifier gave. */
                label?: string;
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                name: "held" | "quarantined" | "reported" | "failed" | "escalated";
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["QueueItem"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    claimNext: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "queue": "held",
                 *       "filter": {
                 *         "contentType": "image/"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    queue: "held" | "quarantined" | "reported" | "failed" | "escalated";
                    filter?: {
                        /** @description The exact address of the sender. */
                        from?: string;
                        /** @description The exact address of the recipient. */
                        to?: string;
                        /**
                         * @description A content type, or its beginning.
                         * @example image/
                         */
                        contentType?: string;
                        /**
                         * @description At or after this time.
                         * @example 2026-01-31
                         * @example 2026-01-31T10:00:00+01:00
                         */
                        receivedAfter?: string;
                        /**
                         * @description Before this time.
                         * @example 2026-01-31
                         * @example 2026-01-31T10:00:00+01:00
                         */
                        receivedBefore?: string;
                        /** @description Of the decision that it waits for, or of an open report. */
                        reasonCode?: string;
                        /** @description One of those that the classifier gave. */
                        label?: string;
                    };
                    /**
                     * @description Only what waits behind this one, such as the one that was shown last.
                     * @example ME20229594c3db09da4d5db631b4a799bd
                     */
                    after?: string;
                };
            };
        };
        responses: {
            /** @description It is taken. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimedItem"];
                };
            };
            /** @description There is none. A claim that the caller has stays. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listClaims: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Claim"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    claimOne: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": {
                    /** @enum {string} */
                    queue: "held" | "quarantined" | "reported" | "failed" | "escalated";
                    /** @example ME20229594c3db09da4d5db631b4a799bd */
                    mediaSid: string;
                };
            };
        };
        responses: {
            /** @description It is taken. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ClaimedItem"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showClaim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The claim. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    releaseClaim: {
        parameters: {
            query?: {
                /** @description It is hard to judge: this is counted, and for ten minutes it is offered only to others. */
                skipped?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Released. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    extendClaim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is extended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    escalateClaim: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "reason": "is this a known case?"
                 *     }
                 */
                "application/json": {
                    /** @description Why somebody else should decide. Kept in the audit log: no phone numbers. */
                    reason: string;
                };
            };
        };
        responses: {
            /** @description The claim, which has ended. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Claim"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showFigures: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Figures"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listActs: {
        parameters: {
            query?: {
                /** @description All of them without it. */
                state?: "waiting" | "done" | "cancelled" | "failed";
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Act"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createAct: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this request, such as a UUID. Repeated within a day, the request changes nothing, and is answered as the first time. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "mediaSid": "MEd42833102d6a311859df02ec400b8b07",
                 *       "act": "quarantine",
                 *       "expected": "held",
                 *       "reasonCode": "spam"
                 *     }
                 */
                "application/json": {
                    /** @example ME20229594c3db09da4d5db631b4a799bd */
                    mediaSid: string;
                    /**
                     * @description `block`: what the attachment shows, as `POST /api/v1/media/{sid}/block`; `block-sender`: nothing that its sender sends is fetched any more (the policy `refuse`). After either the attachment still needs a decision.
                     * @enum {string}
                     */
                    act: "approve" | "hold" | "quarantine" | "delete" | "block" | "block-sender";
                    /**
                     * @description Of a delete, as that of `DELETE /api/v1/media/{sid}`; `one` without it.
                     * @enum {string}
                     */
                    scope?: "one" | "same-bytes" | "message" | "sender";
                    /**
                     * @description Of a delete: also deletes the messages of these media.
                     * @default false
                     */
                    message?: boolean;
                    /**
                     * @description Of a delete: also blocks the sender, if and only if it is deleted.
                     * @default false
                     */
                    blockSender?: boolean;
                    /**
                     * @description Of a block: what happens to media that match; `quarantine` without it.
                     * @enum {string}
                     */
                    policy?: "quarantine" | "delete";
                    /** @description Of a block: whether stored media that match are treated as if they arrived now. */
                    applyToExisting?: boolean;
                    /**
                     * @description The state that the moderator saw: it is looked at now, and when the act goes out.
                     * @enum {string}
                     */
                    expected?: "visible" | "held" | "quarantined";
                    /**
                     * @description How long it can be cancelled.
                     * @default 8
                     */
                    delaySeconds?: number;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description It waits. */
            201: {
                headers: {
                    /** @description The act, which shows its outcome. */
                    Location?: string;
                    /** @description `true` when this is the answer to an earlier request. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Act"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            409: components["responses"]["conflict.decided_meanwhile"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showAct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The act. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Act"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    cancelAct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is cancelled, and does not go out. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listBulkActs: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["BulkAct"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    beginBulkAct: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this request, such as a UUID. Repeated within a day, the request changes nothing, and is answered as the first time. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "action": "hold",
                 *       "filter": {
                 *         "contentType": "video/"
                 *       },
                 *       "dryRun": true
                 *     }
                 */
                "application/json": {
                    /** @enum {string} */
                    action: "approve" | "hold" | "quarantine" | "delete" | "scan";
                    /** @description Either these, or a filter. */
                    sids?: string[];
                    /**
                     * @description What waits in this queue; with a `filter` what of it matches, as `claims/next` takes it.
                     * @enum {string}
                     */
                    queue?: "held" | "quarantined" | "reported" | "failed" | "escalated";
                    /** @description An empty one, `{}`, selects everything that is not deleted. */
                    filter?: {
                        /** @description The exact address of the sender. */
                        from?: string;
                        /** @description The exact address of the recipient. */
                        to?: string;
                        /**
                         * @description At or after this time.
                         * @example 2026-01-31
                         * @example 2026-01-31T10:00:00+01:00
                         */
                        receivedAfter?: string;
                        /**
                         * @description Before this time.
                         * @example 2026-01-31
                         * @example 2026-01-31T10:00:00+01:00
                         */
                        receivedBefore?: string;
                        /** @description Words, or parts of words, that the text of the message contains: all of them, in any case. */
                        text?: string;
                        /**
                         * @description Without it all but deleted ones.
                         * @enum {string}
                         */
                        state?: "pending" | "stored" | "failed" | "deleted";
                        /**
                         * @description Held-back ones only for moderators, whose default is all.
                         * @enum {string}
                         */
                        moderation?: "visible" | "held" | "quarantined";
                        /**
                         * @description A content type, or its beginning.
                         * @example image/
                         */
                        contentType?: string;
                        /**
                         * @description Of one message.
                         * @example MM057026992751d97039eb1322f0ab932f
                         */
                        messageSid?: string;
                        /** @description Of the bytes. Not of deleted ones. */
                        sha256?: string;
                        /** @description Whether `details.location` of the attachment is there: only with EXTRACT_LOCATION. */
                        hasLocation?: boolean;
                        /** @description Only with `queue`. Of the decision that it waits for, or of an open report. */
                        reasonCode?: string;
                        /** @description Only with `queue`. One of those that the classifier gave. */
                        label?: string;
                    };
                    /**
                     * @description Only counts: nothing is changed, and nothing is recorded in the audit log.
                     * @default false
                     */
                    dryRun?: boolean;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description With `dryRun`: what it would do. */
            200: {
                headers: {
                    /** @description `true` when this is the answer to an earlier request. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        total: number;
                        counts: {
                            /** @description Still to be processed. */
                            todo: number;
                            changed: number;
                            /** @description In that state already, with nothing open about it; for `scan`, without bytes. */
                            unchanged: number;
                            /** @description There is no such attachment. */
                            unknown: number;
                            /** @description Deleted before. */
                            deleted: number;
                            /** @description Left alone: somebody else works on it, or has just decided and may take that back. */
                            claimed: number;
                            /** @description Left alone: somebody else has decided about it since the request, or a rule has and it is no quarantine and no delete. */
                            decided: number;
                            /** @description Changed, and put back by an undo. */
                            undone: number;
                        };
                    };
                };
            };
            /** @description A job does the work. */
            202: {
                headers: {
                    /** @description The act, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    /** @description `true` when this is the answer to an earlier request. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAct"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["conflict.second_reviewer_needed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showBulkAct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The act. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAct"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listBulkItems: {
        parameters: {
            query?: {
                /** @description All of them without it. */
                outcome?: "todo" | "changed" | "unchanged" | "unknown" | "deleted" | "claimed" | "decided" | "undone";
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["BulkItem"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    cancelBulkAct: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is cancelled. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAct"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    undoBulkAct: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this request, such as a UUID. Repeated within a day, the request changes nothing, and is answered as the first time. */
                "Idempotency-Key"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A job does the work. */
            202: {
                headers: {
                    /** @description The undo, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    /** @description `true` when this is the answer to an earlier request. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BulkAct"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            422: components["responses"]["idempotency_key_reused"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listDeletions: {
        parameters: {
            query?: {
                /** @description `open` includes those that are stuck. */
                state?: "open" | "completed" | "stuck";
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Deletion"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showDeletion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The deletion. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionRecord"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listDeletionTargets: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["DeletionTarget"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    retryDeletion: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Jobs retry it. */
            202: {
                headers: {
                    /** @description The deletion, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["DeletionRecord"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listBlocklist: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                kind?: "sha256" | "pdq";
                hash?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["BlocklistEntry"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    uploadBlocklist: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "multipart/form-data": {
                    /**
                     * @description What happens to media that match; a known hash keeps the stricter policy.
                     * @default quarantine
                     * @enum {string}
                     */
                    policy?: "quarantine" | "delete";
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                    /**
                     * @description Whether stored media that match are treated as if they arrived now.
                     * @default false
                     */
                    applyToExisting?: boolean;
                    /**
                     * @description Only counts: nothing is changed, and nothing is recorded in the audit log.
                     * @default false
                     */
                    dryRun?: boolean;
                    /**
                     * Format: binary
                     * @description A picture or a list, of at most 256 MiB.
                     */
                    file: string;
                };
            };
        };
        responses: {
            /** @description What was added. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UploadedHashes"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["second_reviewer_needed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    removeBlocklistEntry: {
        parameters: {
            query?: {
                /** @description Only counts: nothing is changed, and nothing is recorded in the audit log. */
                dryRun?: boolean;
                /** @description A code of your own list. */
                reasonCode?: string | null;
                /** @description Kept in the audit log: no phone numbers. */
                reason?: string | null;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `dryRun=true`: what would be removed. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        /** @description As in the list. These attachments stay as they are. */
                        caught: number;
                    };
                };
            };
            /** @description Removed. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    blockMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "policy": "quarantine",
                 *       "reasonCode": "spam"
                 *     }
                 */
                "application/json": {
                    /**
                     * @description What happens to media that match; a known hash keeps the stricter policy.
                     * @default quarantine
                     * @enum {string}
                     */
                    policy?: "quarantine" | "delete";
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                    /**
                     * @description Whether stored media that match are treated as if they arrived now.
                     * @default false
                     */
                    applyToExisting?: boolean;
                    /**
                     * @description Only counts: nothing is changed, and nothing is recorded in the audit log.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description What was added. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["BlockedFile"];
                };
            };
            /** @description Nothing is done: its reason code takes two people, and the attachment is escalated. */
            202: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        proposal: components["schemas"]["Proposal"];
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["media_deleted.media_not_stored.not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listCaughtMedia: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["CaughtMedia"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listSenders: {
        parameters: {
            query?: {
                /** @description The exact address. */
                address?: string;
                /** @description `quarantine`: media are stored and hidden; `refuse`: media are not downloaded. */
                policy?: "none" | "quarantine" | "refuse";
                /** @description Whether no events are sent about messages of the sender. */
                muted?: boolean;
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Sender"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    updateSender: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "+15551234567",
                 *       "policy": "quarantine",
                 *       "note": "sends spam"
                 *     }
                 */
                "application/json": {
                    address: string;
                    /** @enum {string} */
                    policy?: "none" | "quarantine" | "refuse";
                    muted?: boolean;
                    note?: string | null;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description What stands now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Sender"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["second_reviewer_needed"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listStrikes: {
        parameters: {
            query: {
                /** @description Any address of the person. */
                address: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The counts. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Strikes"][];
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    exportSender: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "+15551234567"
                 *     }
                 */
                "application/json": {
                    address: string;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description The zip, streamed. */
            200: {
                headers: {
                    /** @description `no-store`. */
                    "Cache-Control"?: string;
                    /** @description `attachment`, with a file name. */
                    "Content-Disposition"?: string;
                    /** @description The bytes of all media: approximately the size of the zip. */
                    "X-Media-Bytes"?: string;
                    /** @description The number of messages. */
                    "X-Message-Count"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    eraseSender: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "address": "+15551234567",
                 *       "dryRun": true
                 *     }
                 */
                "application/json": {
                    address: string;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                    /**
                     * @description Only counts: nothing is changed, and nothing is recorded in the audit log.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description With `dryRun`: what is stored here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        messages: number;
                        media: number;
                    };
                };
            };
            /** @description A job erases it. */
            202: {
                headers: {
                    /** @description The erasure, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showErasure: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The erasure. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Erasure"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listEndpoints: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Endpoint"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "url": "https://moderation.example.com/hook",
                 *       "types": [
                 *         "media.stored"
                 *       ]
                 *     }
                 */
                "application/json": {
                    /** @description `https://`, at public addresses; `EVENT_HOSTS` allows others. */
                    url: string;
                    /** @default  */
                    description?: string;
                    /**
                     * @description The event types that it gets, each once; null for all, also future ones.
                     * @default null
                     */
                    types?: ("message.received" | "message.held" | "message.quarantined" | "message.approved" | "message.deleted" | "media.stored" | "media.failed" | "media.held" | "media.quarantined" | "media.approved" | "media.reported" | "sender.restricted" | "media.deleted" | "deletion.completed")[] | null;
                };
            };
        };
        responses: {
            /** @description The endpoint with its secret. */
            201: {
                headers: {
                    /** @description The endpoint. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewEndpoint"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The endpoint. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteEndpoint: {
        parameters: {
            query?: {
                /** @description Only counts: nothing is changed, and nothing is recorded in the audit log. */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `dryRun=true`: what would be deleted with it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        deliveries: number;
                        /** @description Of these: not delivered yet. */
                        pending: number;
                    };
                };
            };
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    changeEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "state": "active"
                 *     }
                 */
                "application/json": {
                    /** @description `https://`, at public addresses; `EVENT_HOSTS` allows others. */
                    url?: string;
                    description?: string;
                    /** @description The event types that it gets, each once; null for all, also future ones. */
                    types?: ("message.received" | "message.held" | "message.quarantined" | "message.approved" | "message.deleted" | "media.stored" | "media.failed" | "media.held" | "media.quarantined" | "media.approved" | "media.reported" | "sender.restricted" | "media.deleted" | "deletion.completed")[] | null;
                    /**
                     * @description `active` resumes a paused endpoint: pending events are sent.
                     * @enum {string}
                     */
                    state?: "active" | "paused";
                };
            };
        };
        responses: {
            /** @description The endpoint, as it is now. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Endpoint"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    rotateSecret: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The new secret, which is shown only here. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description For verifying signatures (Standard Webhooks): `whsec_…`. */
                        secret: string;
                        /**
                         * Format: date-time
                         * @example 2026-11-23T13:12:32.287Z
                         */
                        previousSecretUntil: string;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listDeliveries: {
        parameters: {
            query?: {
                state?: "pending" | "delivered" | "failed";
                /** @description `nextCursor` of the page before. */
                cursor?: string;
                /** @description Items per page. */
                limit?: number;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Delivery"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    resendDelivery: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A job sends it. */
            202: {
                headers: {
                    /** @description The deliveries of its endpoint. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    resendRange: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "since": "2026-11-01",
                 *       "state": "failed",
                 *       "dryRun": true
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Deliveries that were created at or after this time.
                     * @example 2026-01-31
                     * @example 2026-01-31T10:00:00+01:00
                     */
                    since: string;
                    /**
                     * @description And before this time; default now.
                     * @example 2026-01-31
                     * @example 2026-01-31T10:00:00+01:00
                     */
                    until?: string;
                    /**
                     * @description Only events of these types; null for all.
                     * @default null
                     */
                    types?: ("message.received" | "message.held" | "message.quarantined" | "message.approved" | "message.deleted" | "media.stored" | "media.failed" | "media.held" | "media.quarantined" | "media.approved" | "media.reported" | "sender.restricted" | "media.deleted" | "deletion.completed")[] | null;
                    /**
                     * @description Only what was delivered, or what was given up; null for both.
                     * @default null
                     */
                    state?: ("delivered" | "failed") | null;
                    /**
                     * @description Only counts.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description Counted, in a dry run. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description How many events match; 10,001 stands for more than can be sent again at once. */
                        count: number;
                        dryRun: boolean;
                    };
                };
            };
            /** @description A job does it. */
            202: {
                headers: {
                    /** @description The deliveries of the endpoint. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description How many events match; 10,001 stands for more than can be sent again at once. */
                        count: number;
                        dryRun: boolean;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    testEndpoint: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A job sends it. */
            202: {
                headers: {
                    /** @description The deliveries of the endpoint. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Delivery"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    followEvents: {
        parameters: {
            query?: {
                /** @description Instead of a key or a session. */
                ticket?: string;
                /** @description As `Last-Event-ID`, which wins. */
                lastEventId?: string;
                /** @description Event types, separated by commas; without it all that the caller may see. */
                types?: string;
            };
            header?: {
                /** @description The last `id` that was received: the stream continues after it. Default: now. */
                "Last-Event-ID"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A stream that does not end by itself. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/event-stream": unknown;
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.ticket_invalid"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createTicket: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The URL. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["EventTicket"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listExports: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Export"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createExport: {
        parameters: {
            query?: never;
            header?: {
                /** @description A value of your own for this request, such as a UUID. Repeated within a day, the request changes nothing, and is answered as the first time. */
                "Idempotency-Key"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "filter": {
                 *         "contentType": "image/",
                 *         "receivedAfter": "2026-01-01"
                 *       }
                 *     }
                 */
                "application/json": {
                    /** @description Either these, in the order of the zip, or a filter. */
                    sids?: string[];
                    /** @description An empty one, `{}`, selects everything that is not deleted. */
                    filter?: {
                        /** @description The exact address of the sender. */
                        from?: string;
                        /** @description The exact address of the recipient. */
                        to?: string;
                        /**
                         * @description At or after this time.
                         * @example 2026-01-31
                         * @example 2026-01-31T10:00:00+01:00
                         */
                        receivedAfter?: string;
                        /**
                         * @description Before this time.
                         * @example 2026-01-31
                         * @example 2026-01-31T10:00:00+01:00
                         */
                        receivedBefore?: string;
                        /** @description Words, or parts of words, that the text of the message contains: all of them, in any case. */
                        text?: string;
                        /**
                         * @description Without it all but deleted ones.
                         * @enum {string}
                         */
                        state?: "pending" | "stored" | "failed" | "deleted";
                        /**
                         * @description Held-back ones only for moderators, whose default is all.
                         * @enum {string}
                         */
                        moderation?: "visible" | "held" | "quarantined";
                        /**
                         * @description A content type, or its beginning.
                         * @example image/
                         */
                        contentType?: string;
                        /**
                         * @description Of one message.
                         * @example MM057026992751d97039eb1322f0ab932f
                         */
                        messageSid?: string;
                        /** @description Of the bytes. Not of deleted ones. */
                        sha256?: string;
                    };
                    /**
                     * @description Includes attachments that are held back: for moderators, who give a reason.
                     * @default false
                     */
                    reveal?: boolean;
                    /**
                     * @description A code of your own list.
                     * @default null
                     * @example spam
                     */
                    reasonCode?: string | null;
                    /**
                     * @description Kept in the audit log: no phone numbers.
                     * @default null
                     */
                    reason?: string | null;
                };
            };
        };
        responses: {
            /** @description A job checks the files. */
            202: {
                headers: {
                    /** @description The export, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    /** @description `true` when this is the answer to an earlier request. */
                    "Idempotency-Replayed"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            422: components["responses"]["idempotency_key_reused"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The export. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Export"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    deleteExport: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    downloadExport: {
        parameters: {
            query?: never;
            header?: {
                /** @description One range of bytes; several are answered with everything. */
                Range?: string;
                /** @description An `ETag`: the range applies only while it is the same. */
                "If-Range"?: string;
                /** @description An `ETag`: 304 when the bytes are the same. */
                "If-None-Match"?: string;
            };
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The zip. */
            200: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `bytes` */
                    "Accept-Ranges"?: string;
                    /** @description `attachment`, with a file name. */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            /** @description One range. */
            206: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    /** @description `bytes` */
                    "Accept-Ranges"?: string;
                    /** @description `attachment`, with a file name. */
                    "Content-Disposition"?: string;
                    /** @description Which bytes, of how many. */
                    "Content-Range"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/zip": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    /** @description Changes with the bytes. */
                    ETag?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            416: components["responses"]["range_not_satisfiable"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createBackup: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The archive, streamed. Its last member has the hash of all bytes before it. */
            200: {
                headers: {
                    /** @description `no-store`. */
                    "Cache-Control"?: string;
                    /** @description `attachment`, with a file name. */
                    "Content-Disposition"?: string;
                    /** @description Approximately the size of the archive. */
                    "X-Archive-Bytes"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-tar": unknown;
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showRebuild: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The number. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description How many are still to be rebuilt. */
                        remaining: number;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    rebuildPreviews: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "failed": true
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Only previews of its content types.
                     * @enum {string}
                     */
                    kind?: "image" | "animation" | "heic" | "bitmap" | "icon" | "otherPicture" | "video" | "audio" | "pdf" | "contact" | "calendar" | "text";
                    /**
                     * @description Only previews that have a `reason`.
                     * @default false
                     */
                    failed?: boolean;
                    /**
                     * @description Continues what an earlier request has left unfinished; alone.
                     * @default false
                     */
                    resume?: boolean;
                };
            };
        };
        responses: {
            /** @description Jobs rebuild them. */
            202: {
                headers: {
                    /** @description How many are left. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description How many this request rebuilds. */
                        marked: number;
                        /** @description How many are still to be rebuilt. */
                        remaining: number;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listReconciliations: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Reconciliation"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "since": "2026-11-01",
                 *       "dryRun": true
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Sent at or after this time.
                     * @example 2026-01-31
                     * @example 2026-01-31T10:00:00+01:00
                     */
                    since: string;
                    /**
                     * @description Sent until this time; default now.
                     * @example 2026-01-31
                     * @example 2026-01-31T10:00:00+01:00
                     */
                    until?: string;
                    /** @description Only messages to this address. */
                    to?: string;
                    /**
                     * @description Only counts what is missing.
                     * @default false
                     */
                    dryRun?: boolean;
                };
            };
        };
        responses: {
            /** @description A job does it. */
            202: {
                headers: {
                    /** @description The reconciliation, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listSweeps: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description By account. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description 0 when no sweeps run. */
                        intervalMinutes: number;
                        items: components["schemas"]["Sweep"][];
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showReconciliation: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The reconciliation. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Reconciliation"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listVerifications: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Verification"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createVerification: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {
                 *       "repair": true
                 *     }
                 */
                "application/json": {
                    /**
                     * @description Fetches again from Twilio what is missing or damaged, and makes thumbnails and renditions again.
                     * @default false
                     */
                    repair?: boolean;
                    /**
                     * @description How fast files are read at most.
                     * @default 20000000
                     */
                    bytesPerSecond?: number;
                    /**
                     * @description Ends a verification that is running, and begins anew.
                     * @default false
                     */
                    restart?: boolean;
                };
            };
        };
        responses: {
            /** @description A job does it. */
            202: {
                headers: {
                    /** @description The verification, which shows its progress. */
                    Location?: string;
                    /** @description When to look again, in seconds. */
                    "Retry-After"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showVerification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The verification. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    cancelVerification: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is stopped. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Verification"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listFindings: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["VerificationFinding"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listKeys: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["ApiKey"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createKey: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "gallery",
                 *       "role": "viewer"
                 *     }
                 */
                "application/json": {
                    name: string;
                    /** @enum {string} */
                    role: "viewer" | "moderator" | "admin";
                    /**
                     * @description Recipients of the messages that it works on, on all channels; empty for all.
                     * @default []
                     */
                    numbers?: string[];
                    /**
                     * @description The queues that it works on; empty for all.
                     * @default []
                     */
                    queues?: ("held" | "quarantined" | "reported" | "failed" | "escalated")[];
                };
            };
        };
        responses: {
            /** @description The key with its secret. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["NewApiKey"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["conflict"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    revokeKey: {
        parameters: {
            query?: {
                /** @description Only counts: nothing is changed, and nothing is recorded in the audit log. */
                dryRun?: boolean;
            };
            header?: never;
            path: {
                name: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description With `dryRun=true`: what would end with it. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        dryRun: true;
                        /** @description Browsers in which somebody is signed in with it. */
                        sessions: number;
                    };
                };
            };
            /** @description Revoked. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The session. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "key": "mmsi_…"
                 *     }
                 */
                "application/json": {
                    /** @description The secret of an API key, or `ADMIN_API_KEY`. */
                    key?: string;
                    /** @description Of a sign-in link. It can be used once. */
                    ticket?: string;
                };
            };
        };
        responses: {
            /** @description Signed in. */
            201: {
                headers: {
                    /** @description The secret of the session: `HttpOnly`, `SameSite=Strict`. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Session"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["unauthorized"];
            403: components["responses"]["cross_origin.ticket_invalid"];
            413: components["responses"]["body_too_large"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    endSession: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description There is no session any more. */
            204: {
                headers: {
                    /** @description Removes the cookie. */
                    "Set-Cookie"?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    createSignInLink: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The link, and the ticket in it. */
            201: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SignInLink"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listSessions: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["Session"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    revokeSession: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                id: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Ended. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    whoami: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The caller and the server. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @description Of the key; `proxy:…` for a user of the sign-in proxy. */
                        name: string;
                        /** @enum {string} */
                        role: "viewer" | "moderator" | "admin";
                        /**
                         * @description A key in the header, a session of a key, or the sign-in proxy.
                         * @enum {string}
                         */
                        signedInBy: "key" | "session" | "proxy";
                        /** @description Of the server. */
                        version: string;
                        capabilities: {
                            /** @description The largest file of an import, in bytes. */
                            mediaMaxBytes: number;
                            /** @description Whether a classifier looks at new attachments. */
                            scan: boolean;
                            /** @description Whether the words of sounds are written down. */
                            transcribe: boolean;
                            /**
                             * @description What is held until a moderator approves it.
                             * @enum {string}
                             */
                            moderation: "off" | "hold-media" | "hold";
                            /**
                             * @description When Twilio's copies are deleted.
                             * @enum {string}
                             */
                            deleteUpstream: "on-delete" | "after-store" | "never";
                            /** @description Whether bytes under Twilio's paths need no credentials. */
                            publicMediaUrls: boolean;
                        };
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listAudit: {
        parameters: {
            query?: {
                /** @description Who did it: the name of a key, or of a rule. */
                actor?: string;
                /** @description What was done. */
                action?: "media.approve" | "media.hold" | "media.quarantine" | "media.reveal" | "media.scan" | "media.report" | "media.skip" | "media.escalate" | "media.propose" | "media.confirm" | "media.block" | "media.block-sender" | "media.pin" | "media.unpin" | "media.delete" | "media.repair" | "message.approve" | "message.hold" | "message.quarantine" | "message.delete" | "report.dismiss" | "note.create" | "note.delete" | "code.create" | "code.update" | "code.delete" | "act.cancel" | "deletion.retry" | "bulk.begin" | "bulk.cancel" | "bulk.undo" | "export.create" | "export.download" | "export.delete" | "sender.update" | "sender.export" | "sender.erase" | "blocklist.add" | "blocklist.upload" | "blocklist.apply" | "blocklist.remove" | "endpoint.create" | "endpoint.update" | "endpoint.delete" | "endpoint.rotate-secret" | "endpoint.test" | "endpoint.resend" | "reconciliation.begin" | "verification.begin" | "verification.cancel" | "key.create" | "key.revoke" | "session.begin" | "session.end" | "session.revoke" | "session.link" | "audit.export" | "backup.create";
                /** @description To what: a sid, an id, a name. */
                target?: string;
                /** @description At or after this time. */
                since?: string;
                /** @description Before this time. */
                until?: string;
                /** @description Items per page. */
                limit?: number;
                /** @description `nextCursor` of the page before. */
                cursor?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    /** @description The URL of the next page, with `rel="next"`; none at the end. */
                    Link?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["AuditEntry"][];
                        /** @description `cursor` of the next page, with the same parameters; null at the end. */
                        nextCursor: string | null;
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    exportAudit: {
        parameters: {
            query?: {
                /** @description Who did it: the name of a key, or of a rule. */
                actor?: string;
                /** @description What was done. */
                action?: "media.approve" | "media.hold" | "media.quarantine" | "media.reveal" | "media.scan" | "media.report" | "media.skip" | "media.escalate" | "media.propose" | "media.confirm" | "media.block" | "media.block-sender" | "media.pin" | "media.unpin" | "media.delete" | "media.repair" | "message.approve" | "message.hold" | "message.quarantine" | "message.delete" | "report.dismiss" | "note.create" | "note.delete" | "code.create" | "code.update" | "code.delete" | "act.cancel" | "deletion.retry" | "bulk.begin" | "bulk.cancel" | "bulk.undo" | "export.create" | "export.download" | "export.delete" | "sender.update" | "sender.export" | "sender.erase" | "blocklist.add" | "blocklist.upload" | "blocklist.apply" | "blocklist.remove" | "endpoint.create" | "endpoint.update" | "endpoint.delete" | "endpoint.rotate-secret" | "endpoint.test" | "endpoint.resend" | "reconciliation.begin" | "verification.begin" | "verification.cancel" | "key.create" | "key.revoke" | "session.begin" | "session.end" | "session.revoke" | "session.link" | "audit.export" | "backup.create";
                /** @description To what: a sid, an id, a name. */
                target?: string;
                /** @description At or after this time. */
                since?: string;
                /** @description Before this time. */
                until?: string;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One entry as JSON in each line. */
            200: {
                headers: {
                    /** @description `attachment; filename="audit.ndjson"` */
                    "Content-Disposition"?: string;
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["AuditEntry"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    receiveMessageByGet: {
        parameters: {
            query?: never;
            header?: {
                /** @description HMAC-SHA-1 over URL and parameters, with the auth token. */
                "X-Twilio-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description TwiML: committed and synced to disk, or known already. `<Response/>`, or a reply with `REPLY_TEXT`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": unknown;
                };
            };
            400: components["responses"]["invalid_request.signature_missing"];
            403: components["responses"]["signature_invalid"];
            413: components["responses"]["too_many_parameters"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    receiveMessage: {
        parameters: {
            query?: never;
            header?: {
                /** @description HMAC-SHA-1 over URL and parameters, with the auth token. */
                "X-Twilio-Signature"?: string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/x-www-form-urlencoded": Record<string, never>;
                "application/json": Record<string, never>;
            };
        };
        responses: {
            /** @description TwiML: committed and synced to disk, or known already. `<Response/>`, or a reply with `REPLY_TEXT`. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/xml": unknown;
                };
            };
            400: components["responses"]["invalid_request.signature_missing"];
            403: components["responses"]["signature_invalid"];
            408: components["responses"]["request_timeout"];
            413: components["responses"]["body_too_large.too_many_parameters"];
            415: components["responses"]["unsupported_media_type"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listRefusedWebhooks: {
        parameters: {
            query?: {
                /** @description Items per page. */
                limit?: number;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The last ones. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        items: components["schemas"]["RefusedWebhooks"][];
                    };
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    listTwilioMessages: {
        parameters: {
            query?: {
                From?: string;
                To?: string;
                /** @description On this day. A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time. */
                DateSent?: string;
                /** @description At or before. A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time. */
                "DateSent<"?: string;
                /** @description At or after. A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time. */
                "DateSent>"?: string;
                PageSize?: number;
                /** @description From 0. Follow `next_page_uri` instead. */
                Page?: number;
                /** @description Of `next_page_uri`. */
                PageToken?: string;
            };
            header?: never;
            path: {
                AccountSid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        end: number;
                        /** @description Relative to the host. */
                        first_page_uri: string;
                        next_page_uri: string | null;
                        page: number;
                        page_size: number;
                        previous_page_uri: string | null;
                        start: number;
                        /** @description Relative to the host. */
                        uri: string;
                        messages: components["schemas"]["TwilioMessage"][];
                    };
                };
            };
            400: components["responses"]["twilio.invalid_request.page_size_too_large"];
            401: components["responses"]["twilio.unauthorized"];
            404: components["responses"]["twilio.not_found"];
            500: components["responses"]["twilio.internal"];
            503: components["responses"]["twilio.unavailable"];
        };
    };
    showTwilioMessage: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                AccountSid: string;
                Sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TwilioMessage"];
                };
            };
            400: components["responses"]["twilio.invalid_request"];
            401: components["responses"]["twilio.unauthorized"];
            404: components["responses"]["twilio.not_found"];
            500: components["responses"]["twilio.internal"];
            503: components["responses"]["twilio.unavailable"];
        };
    };
    listTwilioMedia: {
        parameters: {
            query?: {
                /** @description On this day. A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time. */
                DateCreated?: string;
                /** @description At or before. A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time. */
                "DateCreated<"?: string;
                /** @description At or after. A date (`YYYY-MM-DD`, GMT) or an ISO 8601 time. */
                "DateCreated>"?: string;
                PageSize?: number;
                /** @description From 0. Follow `next_page_uri` instead. */
                Page?: number;
                /** @description Of `next_page_uri`. */
                PageToken?: string;
            };
            header?: never;
            path: {
                AccountSid: string;
                MessageSid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description One page. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        end: number;
                        /** @description Relative to the host. */
                        first_page_uri: string;
                        next_page_uri: string | null;
                        page: number;
                        page_size: number;
                        previous_page_uri: string | null;
                        start: number;
                        /** @description Relative to the host. */
                        uri: string;
                        /** @description Relative to the host. */
                        last_page_uri: string;
                        num_pages: number;
                        total: number;
                        media_list: components["schemas"]["TwilioMedia"][];
                    };
                };
            };
            400: components["responses"]["twilio.invalid_request.page_size_too_large"];
            401: components["responses"]["twilio.unauthorized"];
            404: components["responses"]["twilio.not_found"];
            500: components["responses"]["twilio.internal"];
            503: components["responses"]["twilio.unavailable"];
        };
    };
    showTwilioMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                AccountSid: string;
                MessageSid: string;
                Sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The attachment. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["TwilioMedia"];
                };
            };
            400: components["responses"]["twilio.invalid_request"];
            401: components["responses"]["twilio.unauthorized"];
            404: components["responses"]["twilio.not_found"];
            500: components["responses"]["twilio.internal"];
            503: components["responses"]["twilio.unavailable"];
        };
    };
    deleteTwilioMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                AccountSid: string;
                MessageSid: string;
                Sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description Deleted here; a job deletes the copy at Twilio. */
            204: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["twilio.invalid_request"];
            401: components["responses"]["twilio.unauthorized"];
            403: components["responses"]["twilio.forbidden"];
            404: components["responses"]["twilio.media_deleted.not_found"];
            500: components["responses"]["twilio.internal"];
            503: components["responses"]["twilio.unavailable"];
        };
    };
    readTwilioMedia: {
        parameters: {
            query?: never;
            header?: {
                /** @description One range of bytes. */
                Range?: string;
                /** @description An `ETag`. */
                "If-None-Match"?: string;
            };
            path: {
                AccountSid: string;
                MessageSid: string;
                Sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description All bytes. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description One range. */
            206: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "*/*": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description With `BLOB_REDIRECT=on`: the same bytes are at the bucket, for seconds. */
            307: {
                headers: {
                    /** @description A signed URL of the bucket. */
                    Location?: string;
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["twilio.invalid_request"];
            401: components["responses"]["twilio.unauthorized"];
            404: components["responses"]["twilio.media_not_stored.not_found"];
            416: components["responses"]["twilio.range_not_satisfiable"];
            500: components["responses"]["twilio.internal"];
            503: components["responses"]["twilio.unavailable"];
        };
    };
    health: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The process answers. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": {
                        /** @constant */
                        status: "ok";
                    };
                };
            };
            500: components["responses"]["internal"];
        };
    };
    readiness: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It can work; `degraded` when something needs attention. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
            500: components["responses"]["internal"];
            /** @description A part that it cannot work without is not available. */
            503: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Readiness"];
                };
            };
        };
    };
    metrics: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The text format. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/plain": unknown;
                };
            };
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showHealth: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The state. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    holdSnapshot: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The snapshot, until the connection ends. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/x-ndjson": components["schemas"]["Snapshot"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            409: components["responses"]["conflict"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showFlow: {
        parameters: {
            query?: {
                hours?: 24 | 48;
            };
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The figures. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Flow"];
                };
            };
            400: components["responses"]["invalid_request"];
            401: components["responses"]["session_ended.unauthorized"];
            403: components["responses"]["cross_origin.forbidden"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showOpenApi: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description OpenAPI 3.1. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "application/json": unknown;
                };
            };
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
        };
    };
    showReference: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description From `/docs/`. */
            301: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
        };
    };
    readReferenceFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": unknown;
                    "text/javascript": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
        };
    };
    showPage: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showPageOfMedia: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of an attachment. 404 for what can be none. */
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showConversation: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showDesk: {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showPartOfDesk: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description A queue or a list of the desk; 404 for anything else. */
                part: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    showDeskOfStory: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                /** @description Of an attachment. 404 for what can be none. */
                sid: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description HTML. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/html": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
            503: components["responses"]["unavailable"];
        };
    };
    readPageFile: {
        parameters: {
            query?: never;
            header?: never;
            path: {
                file: string;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The file. */
            200: {
                headers: {
                    [name: string]: unknown;
                };
                content: {
                    "text/css": unknown;
                    "text/javascript": unknown;
                    "image/svg+xml": unknown;
                };
            };
            /** @description Not modified. */
            304: {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["invalid_request"];
            404: components["responses"]["not_found"];
            500: components["responses"]["internal"];
        };
    };
    onMessageReceived: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageReceivedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMessageHeld: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageHeldEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMessageQuarantined: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageQuarantinedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMessageApproved: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageApprovedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMessageDeleted: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MessageDeletedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaStored: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaStoredEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaFailed: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaFailedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaHeld: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaHeldEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaQuarantined: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaQuarantinedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaApproved: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaApprovedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaReported: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaReportedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onSenderRestricted: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["SenderRestrictedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onMediaDeleted: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["MediaDeletedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onDeletionCompleted: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["DeletionCompletedEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
    onEndpointTest: {
        parameters: {
            query?: never;
            header: {
                /** @description Of the event: the same for every attempt to send it. Ignore an event that has arrived before. */
                "webhook-id": string;
                /** @description When it was sent: seconds since 1970. */
                "webhook-timestamp": string;
                /** @description `v1,` and the base64 HMAC-SHA-256 of `{id}.{timestamp}.{body}` with the endpoint's secret; several, separated by spaces, for a day after the secret was rotated (Standard Webhooks). */
                "webhook-signature": string;
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                "application/json": components["schemas"]["EndpointTestEvent"];
            };
        };
        responses: {
            /** @description Delivered. */
            "2XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
            /** @description Not delivered: it is sent again. */
            "4XX": {
                headers: {
                    [name: string]: unknown;
                };
                content?: never;
            };
        };
    };
}
