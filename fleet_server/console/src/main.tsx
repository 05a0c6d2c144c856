import { createRoot } from 'react-dom/client'
import { startClient } from './api/client'
import { App } from './app/App'
import { startWords } from './words'

startClient()
await startWords()
const root = document.getElementById('root')
if (root === null) throw new Error('index.html has no #root')
createRoot(root).render(<App />)
