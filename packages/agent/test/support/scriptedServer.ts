import { completionOf, type SeenRequest, sendJson, startTestServer, type TestServer } from './testServer.ts';

/** Answers one text after the other, the last one again and again; a function sees the prompt that was sent. */
export async function startScriptedServer(
  answers: readonly (string | ((prompt: string) => string))[],
): Promise<TestServer> {
  let asked = 0;
  return startTestServer((request, response) => {
    const answer = answers[Math.min(asked, answers.length - 1)] ?? '';
    asked += 1;
    sendJson(response, completionOf(typeof answer === 'string' ? answer : answer(promptIn(request))));
  });
}

/** The text that a model was asked, from the request's body. */
export function promptIn({ body }: SeenRequest): string {
  const { messages } = JSON.parse(body.toString()) as {
    messages: { content: string | { text?: string }[] }[];
  };
  return messages
    .flatMap(({ content }) =>
      typeof content === 'string' ? [content] : content.map(({ text }) => text ?? ''),
    )
    .join('\n');
}
