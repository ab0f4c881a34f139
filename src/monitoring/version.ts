import packageFile from '../../package.json' with { type: 'json' };

/** The version of this release, as in package.json. */
export const { version: VERSION } = packageFile;
