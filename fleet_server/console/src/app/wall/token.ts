/** The token of a wall screen: it travels in the fragment, which no server and no log ever sees. */

const NAME = 'token'

/** Takes the token out of the address, so that nobody reads it off the screen. */
export function takeWallToken(): string | null {
  if (new URLSearchParams(location.search).get('screen') !== 'wall') return null
  const token = new URLSearchParams(location.hash.slice(1)).get(NAME)
  if (token !== null) history.replaceState(history.state, '', location.pathname + location.search)
  return token
}

export function wallLink(token: string): string {
  return `${location.origin}/?screen=wall#${NAME}=${encodeURIComponent(token)}`
}
